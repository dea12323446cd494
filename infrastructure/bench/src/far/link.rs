//! A link to a place far away: a network namespace of its own, a TUN device here and one there, and between the two this program, which
//! brings every packet late and now and then loses one. What follows from that is the kernel's own TCP.

use std::{
    fs::File,
    net::Ipv4Addr,
    os::fd::AsFd,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tun_rs::{DeviceBuilder, SyncDevice};

/// Packets are lost by the same dice in each run, though which ones these are depends on how many there were before.
const SEED: u64 = 40;
/// Packets that may wait at a device for this program: none is to be lost but by the dice.
const QUEUE: u32 = 10_000;
/// Of Ethernet, as on most of the way between two places.
const MTU: u16 = 1500;

/// Linux's own choice.
const CONGESTION_CONTROL: &str = "cubic";

/// Goes with its owner, and with the process however that ends: nothing else holds the devices and the namespace.
pub struct Link {
    near: End,
    far: End,
    there: Namespace,
    /// Of a million packets in either direction.
    lost: Arc<AtomicU32>,
}

struct End {
    device: Arc<SyncDevice>,
    name: String,
    address: Ipv4Addr,
}

impl Link {
    /// Makes the place and the way to it, on which every packet takes `one_way` and none is lost yet.
    ///
    /// # Errors
    ///
    /// Without the right to.
    pub fn open(one_way: Duration) -> Result<Self> {
        let there = Namespace::make()?;
        let (device, name) = make_device()?;
        // The number that the kernel chose for our device is in both addresses, which are of those that are meant for measuring
        // (RFC 2544): a second link has others.
        let number = name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().context("too many devices")?;
        let near = End::set_up(device, name, Ipv4Addr::new(198, 18, number, 1))?;
        let far = {
            let _there = there.enter()?;
            ip(&["link", "set", "lo", "up"])?;
            let (device, name) = make_device()?;
            End::set_up(device, name, Ipv4Addr::new(198, 18, number, 2))?
        };
        let lost = Arc::new(AtomicU32::new(0));
        let link = Self { near, far, there, lost };
        link.carry(&link.near, &link.far, one_way, SEED);
        link.carry(&link.far, &link.near, one_way, SEED + 1);
        Ok(link)
    }

    /// Where what is here is found from there.
    pub const fn near(&self) -> Ipv4Addr {
        self.near.address
    }

    /// From now on this share of the packets is lost.
    pub fn lose(&self, share: f64) -> Result<()> {
        self.lost.store((share * 1e6) as u32, Ordering::Relaxed);
        // What the kernel remembers of the way, for connections to come, was true of another one.
        let forget = || ip(&["tcp_metrics", "flush", &net(self.near.address)]);
        forget()?;
        let _there = self.go_there()?;
        forget()
    }

    /// What this thread connects, listens on and starts is there, until the answer is dropped.
    pub fn go_there(&self) -> Result<Away> {
        self.there.enter()
    }

    fn carry(&self, from: &End, to: &End, one_way: Duration, seed: u64) {
        let (from, to, lost) = (Arc::clone(&from.device), Arc::clone(&to.device), Arc::clone(&self.lost));
        let (send, on_their_way) = mpsc::channel::<(Instant, Vec<u8>)>();
        thread::spawn(move || {
            let (mut dice, mut packet) = (StdRng::seed_from_u64(seed), vec![0; usize::from(MTU)]);
            // It fails when the device is gone.
            while let Ok(length) = from.recv(&mut packet) {
                let due = Instant::now() + one_way;
                if dice.random_range(0..1_000_000) < lost.load(Ordering::Relaxed) {
                    continue;
                }
                if send.send((due, packet.get(..length).unwrap_or_default().to_vec())).is_err() {
                    return;
                }
            }
        });
        thread::spawn(move || {
            for (due, packet) in on_their_way {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                // A packet that the other end does not take is a lost one.
                let _ = to.send(&packet);
            }
        });
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Who waits for a packet of a device is woken by its end, and lets go of it.
        let _ = ip(&["link", "delete", &self.near.name]);
        if let Ok(_there) = self.there.enter() {
            let _ = ip(&["link", "delete", &self.far.name]);
        }
    }
}

impl End {
    fn set_up(device: SyncDevice, name: String, address: Ipv4Addr) -> Result<Self> {
        ip(&["address", "add", &format!("{address}/30"), "dev", &name])?;
        ip(&["link", "set", &name, "mtu", &MTU.to_string(), "txqueuelen", &QUEUE.to_string(), "up"])?;
        // Whatever this machine prefers: what follows from a loss is to be the same on all.
        let (net, source) = (net(address), address.to_string());
        ip(&["route", "replace", &net, "dev", &name, "src", &source, "congctl", CONGESTION_CONTROL])?;
        Ok(Self { device: Arc::new(device), name, address })
    }
}

/// What both ends are in.
fn net(address: Ipv4Addr) -> String {
    let [a, b, c, _] = address.octets();
    format!("{a}.{b}.{c}.0/30")
}

/// A device of this thread's namespace, and its name.
fn make_device() -> Result<(SyncDevice, String)> {
    let device = DeviceBuilder::new().name("balloond%d").enable(false).build_sync();
    let device = device.context("a TUN device cannot be made")?;
    let name = device.name()?;
    Ok((device, name))
}

/// A network of its own, that lasts as long as this or anything in it.
struct Namespace(File);

/// This thread is elsewhere until this is dropped.
pub struct Away {
    home: File,
}

impl Namespace {
    fn make() -> Result<Self> {
        let name = format!("balloond-{}", std::process::id());
        ip(&["netns", "add", &name])?;
        let held = File::open(format!("/run/netns/{name}"));
        // Its name would outlive us.
        ip(&["netns", "delete", &name])?;
        Ok(Self(held?))
    }

    fn enter(&self) -> Result<Away> {
        let away = Away { home: File::open("/proc/thread-self/ns/net")? };
        enter(&self.0)?;
        Ok(away)
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        if let Err(error) = enter(&self.home) {
            eprintln!("there is no way back from far away: {error:#}");
            std::process::exit(1);
        }
    }
}

fn enter(namespace: &File) -> Result<()> {
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).context("a namespace is closed")
}

/// Runs `ip` in the namespace of this thread.
fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(arguments).stdin(Stdio::null()).output().context("`ip` cannot be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`ip {}` failed: {}", arguments.join(" "), said.trim());
    Ok(())
}

//! Which breaker a command goes by: Redis's, or where it is a cluster, that of the node which has the command's key. So a node that is
//! away takes its own keys with it and no others.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use redis::{Arg, Cmd, cluster_routing::Slot};

use crate::breaker::Breaker;

/// The keys of some slots, from the first to the last, and the address of the node that has them.
pub(crate) struct SlotRange {
    pub(crate) first: u16,
    pub(crate) last: u16,
    pub(crate) node: String,
}

pub(crate) struct Breakers {
    /// For commands without a key, and for all while the nodes are not known.
    whole: Arc<Breaker>,
    /// Empty where Redis is no cluster.
    by_slot: RwLock<HashMap<Slot, Arc<Breaker>>>,
}

impl Breakers {
    pub(crate) fn new() -> Self {
        Self { whole: Arc::new(Breaker::new(None)), by_slot: RwLock::default() }
    }

    pub(crate) fn of(&self, command: &Cmd) -> Arc<Breaker> {
        let by_slot = self.by_slot.read().unwrap_or_else(PoisonError::into_inner);
        let of_node =
            if by_slot.is_empty() { None } else { key(command).and_then(|key| by_slot.get(&Slot::for_key(key))) };
        Arc::clone(of_node.unwrap_or(&self.whole))
    }

    /// Which node has which slots, as the cluster says now. What is known of a node stays known.
    pub(crate) fn learn(&self, ranges: Vec<SlotRange>) {
        let mut by_slot = self.by_slot.write().unwrap_or_else(PoisonError::into_inner);
        let mut nodes: HashMap<String, Arc<Breaker>> =
            by_slot.values().filter_map(|breaker| Some((breaker.node()?.to_owned(), Arc::clone(breaker)))).collect();
        by_slot.clear();
        for SlotRange { first, last, node } in ranges {
            let breaker = nodes.entry(node.clone()).or_insert_with(|| Arc::new(Breaker::new(Some(node))));
            by_slot.extend((first..=last).filter_map(Slot::new).map(|slot| (slot, Arc::clone(breaker))));
        }
    }
}

/// The first key of one of the commands that are sent here.
fn key(command: &Cmd) -> Option<&[u8]> {
    let mut words = command.args_iter().map(|word| match word {
        Arg::Simple(word) => word,
        _ => &[],
    });
    match words.next()? {
        // Before its keys stand the script and how many they are.
        b"EVALSHA" | b"EVAL" => words.nth(2),
        _ => words.next(),
    }
}

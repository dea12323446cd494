//! On tables and sills.

use super::{
    super::canvas::{Canvas, Fill, HEIGHT, Ink, WIDTH, blob, card, circle, curve, ellipse, polygon, rectangle},
    Scene, chance, ridge, sun,
};

pub(super) fn coffee(canvas: &mut Canvas, scene: &Scene) {
    for plank in 0..5_u8 {
        let x = f32::from(plank) * 215.0 - 20.0;
        canvas.stroke(curve(&[(x, 0.0), (x + 3.0, 600.0), (x, 1250.0)]), scene.near, 0.28, 5.0);
    }
    let shadow = |canvas: &mut Canvas, path| canvas.fill(path, Fill::Plain(Ink(0x24120c), 0.28));
    shadow(canvas, card(600.0, 120.0, 380.0, 540.0, 18.0, 11.0));
    canvas.fill(
        card(580.0, 96.0, 380.0, 540.0, 18.0, 11.0),
        Fill::Linear((580.0, 96.0), (scene.glow, 1.0), (960.0, 640.0), (scene.glow.darker(0.2), 1.0)),
    );
    canvas.fill(card(618.0, 130.0, 300.0, 470.0, 10.0, 11.0), Ink(0xfbf5ea));
    for line in 0..9_u8 {
        let y = 210.0 + f32::from(line) * 40.0;
        canvas.stroke(
            curve(&[
                (664.0 - f32::from(line) * 7.6, y),
                (860.0 - f32::from(line) * 7.6 - 40.0 * chance(line.into(), scene.turn), y + 40.0),
            ]),
            scene.near,
            0.4,
            4.0,
        );
    }
    let (x, y) = (380.0, 760.0);
    shadow(canvas, circle(x + 26.0, y + 34.0, 330.0));
    canvas.fill(
        circle(x, y, 330.0),
        Fill::Linear((120.0, 500.0), (Ink(0xfffdf8), 1.0), (640.0, 1040.0), (Ink(0xddd2c2), 1.0)),
    );
    canvas.stroke(circle(x, y, 236.0), Ink(0xcbbda9), 0.6, 6.0);
    shadow(canvas, circle(x + 16.0, y + 22.0, 206.0));
    canvas.fill(card(x + 170.0, y - 50.0, 130.0, 72.0, 34.0, -24.0), Ink(0xe9dfd0));
    canvas.fill(
        circle(x, y, 204.0),
        Fill::Linear((200.0, 600.0), (Ink(0xffffff), 1.0), (560.0, 940.0), (Ink(0xd8ccba), 1.0)),
    );
    canvas.fill(
        circle(x, y, 178.0),
        Fill::Radial((x - 40.0, y - 40.0), 220.0, (Ink(0xb9814e), 1.0), (Ink(0x6e3f22), 1.0)),
    );
    for (size, alpha) in [(1.0_f32, 0.95), (0.72, 1.0), (0.44, 0.95)] {
        let at = |dx: f32, dy: f32| (x + dx * size, y + 30.0 + dy * size);
        let heart = blob(&[
            at(0.0, -66.0),
            at(50.0, -108.0),
            at(112.0, -78.0),
            at(108.0, -10.0),
            at(56.0, 62.0),
            at(0.0, 108.0),
            at(-56.0, 62.0),
            at(-108.0, -10.0),
            at(-112.0, -78.0),
            at(-50.0, -108.0),
        ]);
        let ink = if size == 0.72 { Ink(0xb27a48) } else { Ink(0xf6e3c4) };
        canvas.fill(heart, Fill::Plain(ink, alpha));
    }
    shadow(canvas, card(700.0, 900.0, 26.0, 330.0, 12.0, 28.0));
    canvas.fill(
        card(690.0, 884.0, 24.0, 330.0, 12.0, 28.0),
        Fill::Linear((690.0, 0.0), (Ink(0xe9e4dc), 1.0), (720.0, 0.0), (Ink(0xa9a29a), 1.0)),
    );
    canvas.fill(ellipse(790.0, 900.0, 34.0, 56.0), Ink(0xd3ccc2));
}

pub(super) fn records(canvas: &mut Canvas, scene: &Scene) {
    canvas.fill(
        rectangle(0.0, 1010.0, WIDTH, 240.0),
        Fill::Linear((0.0, 1010.0), (scene.near, 1.0), (0.0, HEIGHT), (scene.near.darker(0.35), 1.0)),
    );
    canvas.fill(
        card(120.0, 230.0, 760.0, 830.0, 26.0, 0.0),
        Fill::Linear((120.0, 230.0), (Ink(0x7c4a2d), 1.0), (880.0, 1060.0), (Ink(0x4d2a1a), 1.0)),
    );
    canvas.fill(
        card(146.0, 256.0, 708.0, 778.0, 18.0, 0.0),
        Fill::Linear((146.0, 256.0), (Ink(0x9a6440), 1.0), (854.0, 1034.0), (Ink(0x6d4029), 1.0)),
    );
    let (x, y) = (470.0, 620.0);
    canvas.fill(circle(x + 10.0, y + 16.0, 312.0), Fill::Plain(Ink(0x1c0f0a), 0.4));
    canvas.fill(circle(x, y, 304.0), Ink(0x17141a));
    for groove in 0..16_u8 {
        canvas.stroke(circle(x, y, 128.0 + f32::from(groove) * 11.0), Ink(0xffffff), 0.05, 2.0);
    }
    canvas.within(circle(x, y, 304.0), |canvas| {
        for side in [-1.0_f32, 1.0] {
            let gleam = polygon(&[(x, y), (x + side * 150.0, y - side * 330.0), (x + side * 250.0, y - side * 270.0)]);
            canvas.fill(gleam, Fill::Radial((x, y), 320.0, (Ink(0xffffff), 0.0), (Ink(0xffffff), 0.2)));
        }
    });
    canvas.fill(
        circle(x, y, 106.0),
        Fill::Linear((380.0, 520.0), (scene.glow.lighter(0.2), 1.0), (560.0, 720.0), (scene.glow.darker(0.2), 1.0)),
    );
    canvas.stroke(circle(x, y, 72.0), scene.glow.lighter(0.6), 0.7, 5.0);
    canvas.fill(circle(x, y, 11.0), Ink(0xf4ead8));
    canvas.stroke(curve(&[(786.0, 372.0), (800.0, 560.0), (772.0, 720.0), (672.0, 786.0)]), Ink(0xe3ddd2), 1.0, 17.0);
    canvas.fill(
        circle(786.0, 366.0, 50.0),
        Fill::Radial((772.0, 350.0), 70.0, (Ink(0xf2ece2), 1.0), (Ink(0x8f887e), 1.0)),
    );
    canvas.fill(card(632.0, 770.0, 66.0, 36.0, 10.0, 32.0), Ink(0x2b262b));
    for (index, x) in [(0.0, 220.0), (1.0, 300.0)] {
        canvas.fill(
            circle(x, 968.0, 26.0),
            Fill::Radial((x - 8.0, 958.0), 34.0, (Ink(0xefe6d8), 1.0), (Ink(0x8b8177), 1.0)),
        );
        canvas.stroke(curve(&[(x, 968.0), (x + 14.0 - index * 22.0, 950.0)]), Ink(0x3a3030), 1.0, 5.0);
    }
}

pub(super) fn plants(canvas: &mut Canvas, scene: &Scene) {
    // A window, with the sky of another hour.
    canvas.fill(card(150.0, 110.0, 700.0, 760.0, 20.0, 0.0), scene.bottom.lighter(0.65));
    let pane = card(182.0, 142.0, 636.0, 696.0, 8.0, 0.0);
    canvas.within(pane, |canvas| {
        canvas.background(Fill::Linear(
            (0.0, 140.0),
            (scene.glow.mix(Ink(0x8ec0cf), 0.55), 1.0),
            (0.0, 840.0),
            (scene.glow.lighter(0.45), 1.0),
        ));
        sun(canvas, scene, 640.0, 380.0, 62.0);
        ridge(canvas, 740.0, 60.0, scene.turn, false, Fill::Plain(scene.near, 0.45));
        ridge(canvas, 800.0, 40.0, scene.turn + 2.0, false, Fill::Plain(scene.near, 0.7));
    });
    canvas.fill(rectangle(492.0, 130.0, 16.0, 720.0), scene.bottom.lighter(0.65));
    canvas.fill(rectangle(160.0, 470.0, 680.0, 16.0), scene.bottom.lighter(0.65));
    canvas.fill(
        card(90.0, 990.0, 820.0, 60.0, 10.0, 0.0),
        Fill::Linear((0.0, 990.0), (Ink(0xc89566), 1.0), (0.0, 1050.0), (Ink(0x86583a), 1.0)),
    );
    canvas.fill(
        rectangle(110.0, 1050.0, 780.0, 200.0),
        Fill::Linear((0.0, 1050.0), (Ink(0x1e1410), 0.3), (0.0, 1180.0), (Ink(0x1e1410), 0.0)),
    );
    for (x, size, leaves, pot) in
        [(300.0, 1.0, 9_u8, Ink(0xc65f43)), (560.0, 0.66, 7, Ink(0xf0e2cc)), (760.0, 0.86, 8, Ink(0x4d7a80))]
    {
        plant(canvas, scene, x, size, leaves, pot);
    }
}

fn plant(canvas: &mut Canvas, scene: &Scene, x: f32, size: f32, leaves: u8, pot: Ink) {
    let foot = 990.0;
    let crown = foot - 150.0 * size;
    for leaf in 0..leaves {
        let part = f32::from(leaf) / f32::from(leaves - 1);
        let angle = (170.0 - part * 160.0 + (chance(leaf.into(), scene.turn + x) - 0.5) * 16.0).to_radians();
        let length = (230.0 + 130.0 * chance(u16::from(leaf) + 3, scene.turn + x)) * size;
        let (dx, dy) = (angle.cos(), -angle.sin());
        let at = |along: f32, across: f32| {
            (x + (dx * along - dy * across) * length, crown + (dy * along + dx * across) * length)
        };
        let green = Ink(0x3f7a52).mix(Ink(0x8cb35a), chance(u16::from(leaf) + 11, scene.turn)).mix(scene.near, 0.15);
        let blade = blob(&[at(0.0, 0.0), at(0.35, 0.11), at(0.7, 0.12), at(1.0, 0.0), at(0.7, -0.12), at(0.35, -0.11)]);
        canvas.fill(
            blade,
            Fill::Linear(at(0.5, 0.14), (green.lighter(0.12), 1.0), at(0.5, -0.14), (green.darker(0.22), 1.0)),
        );
        canvas.stroke(curve(&[at(0.02, 0.0), at(0.5, 0.012), at(0.94, 0.0)]), green.lighter(0.4), 0.45, 4.0 * size);
    }
    let half = 92.0 * size;
    let body = blob(&[
        (x - half, crown),
        (x + half, crown),
        (x + half * 0.94, foot - 60.0 * size),
        (x + half * 0.72, foot),
        (x - half * 0.72, foot),
        (x - half * 0.94, foot - 60.0 * size),
    ]);
    canvas.fill(body, Fill::Linear((x - half, 0.0), (pot.lighter(0.22), 1.0), (x + half, 0.0), (pot.darker(0.3), 1.0)));
    canvas.fill(
        card(x - half * 1.1, crown - 14.0 * size, half * 2.2, 46.0 * size, 14.0 * size, 0.0),
        Fill::Linear((x - half, 0.0), (pot.lighter(0.35), 1.0), (x + half, 0.0), (pot.darker(0.15), 1.0)),
    );
}

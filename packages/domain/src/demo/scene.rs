//! Drawn places and things, for the photos beside a portrait.

use super::canvas::{Canvas, Fill, HEIGHT, Ink, WIDTH, blob, card, circle, curve, ellipse, rectangle};

/// What is seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Mountains,
    Coast,
    City,
    Forest,
    Balloons,
    Coffee,
    Records,
    Plants,
}

/// A subject in its light.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    pub(super) subject: Subject,
    /// Sky (or wall, or table) above and below, what glows, and what is near.
    pub(super) top: Ink,
    pub(super) bottom: Ink,
    pub(super) glow: Ink,
    pub(super) near: Ink,
    /// Varies the shapes.
    pub(super) turn: f32,
}

pub(super) fn draw(canvas: &mut Canvas, scene: &Scene) {
    canvas.background(Fill::Linear((0.0, 0.0), (scene.top, 1.0), (0.0, HEIGHT * 0.72), (scene.bottom, 1.0)));
    match scene.subject {
        Subject::Mountains => mountains(canvas, scene),
        Subject::Coast => coast(canvas, scene),
        Subject::City => city(canvas, scene),
        Subject::Forest => forest(canvas, scene),
        Subject::Balloons => balloons(canvas, scene),
        Subject::Coffee => coffee(canvas, scene),
        Subject::Records => records(canvas, scene),
        Subject::Plants => plants(canvas, scene),
    }
}

/// Between 0 and 1, always the same for the same place.
fn chance(index: u16, turn: f32) -> f32 {
    let value = ((f32::from(index) * 12.9898 + turn * 78.233).sin() * 43_758.547).fract();
    value.abs()
}

fn sun(canvas: &mut Canvas, scene: &Scene, x: f32, y: f32, radius: f32) {
    canvas.fill(circle(x, y, radius * 6.0), Fill::Radial((x, y), radius * 6.0, (scene.glow, 0.55), (scene.glow, 0.0)));
    canvas.fill(circle(x, y, radius), scene.glow.lighter(0.45));
}

fn clouds(canvas: &mut Canvas, ink: Ink, y: f32, turn: f32) {
    for index in 0..4_u16 {
        let (x, y) = (chance(index, turn) * 1000.0, y + chance(index + 9, turn) * 180.0);
        for (dx, dy, rx) in [(0.0, 0.0, 150.0), (-90.0, 12.0, 100.0), (100.0, 14.0, 120.0), (20.0, -16.0, 80.0)] {
            canvas.fill(ellipse(x + dx, y + dy, rx, 15.0), Fill::Plain(ink, 0.22));
        }
    }
}

/// A line of hills at height `y`, as far down as the picture goes.
fn ridge(canvas: &mut Canvas, y: f32, rise: f32, turn: f32, sharp: bool, fill: impl Into<Fill>) {
    let mut points = vec![(-60.0, HEIGHT + 40.0)];
    for step in 0..=22_u16 {
        let x = -60.0 + f32::from(step) * 51.0;
        let wave = (x * 0.0061 + turn).sin() * 0.6 + (x * 0.0137 + turn * 2.1).sin() * 0.3 + (x * 0.031 + turn * 3.7).sin() * 0.1;
        let jag = if sharp { (chance(step, turn) - 0.5) * 0.7 } else { 0.0 };
        points.push((x, y - rise * (wave + jag)));
    }
    points.push((WIDTH + 60.0, HEIGHT + 40.0));
    let path = if sharp { straight(&points) } else { blob(&points) };
    canvas.fill(path, fill);
}

fn straight(points: &[(f32, f32)]) -> Option<tiny_skia::Path> {
    let mut path = tiny_skia::PathBuilder::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path.close();
    path.finish()
}

fn mountains(canvas: &mut Canvas, scene: &Scene) {
    sun(canvas, scene, 640.0, 430.0, 66.0);
    clouds(canvas, scene.glow.lighter(0.5), 230.0, scene.turn);
    for layer in 0..5_u8 {
        let depth = f32::from(layer) / 4.0;
        let ink = scene.bottom.mix(scene.near, 0.22 + depth * 0.78);
        let y = 600.0 + depth * 420.0;
        let fill = Fill::Linear((0.0, y - 150.0), (ink, 1.0), (0.0, y + 300.0), (ink.mix(scene.bottom, 0.35), 1.0));
        ridge(canvas, y, 150.0 - depth * 60.0, scene.turn + depth * 4.0, layer < 3, fill);
    }
}

fn coast(canvas: &mut Canvas, scene: &Scene) {
    sun(canvas, scene, 420.0, 560.0, 80.0);
    clouds(canvas, scene.glow.lighter(0.6), 220.0, scene.turn);
    let horizon = 640.0;
    canvas.fill(rectangle(0.0, horizon, WIDTH, HEIGHT), Fill::Linear((0.0, horizon), (scene.bottom.mix(scene.near, 0.25), 1.0), (0.0, HEIGHT), (scene.near, 1.0)));
    for step in 0..26_u16 {
        let depth = f32::from(step) / 26.0;
        let y = horizon + 8.0 + depth * depth * 420.0;
        let half = 60.0 + depth * 190.0 + chance(step, scene.turn) * 70.0;
        let x = 420.0 + (chance(step + 40, scene.turn) - 0.5) * 90.0;
        canvas.fill(ellipse(x, y, half, 3.0 + depth * 5.0), Fill::Plain(scene.glow.lighter(0.4), 0.55 - depth * 0.35));
    }
    let headland = blob(&[(1060.0, 500.0), (880.0, 540.0), (760.0, 600.0), (700.0, 652.0), (860.0, 664.0), (1060.0, 660.0)]);
    canvas.fill(headland, Fill::Linear((700.0, 500.0), (scene.near.mix(scene.bottom, 0.45), 1.0), (1000.0, 660.0), (scene.near.mix(scene.bottom, 0.2), 1.0)));
    let beach = blob(&[(-60.0, 1130.0), (240.0, 1090.0), (560.0, 1150.0), (820.0, 1120.0), (1060.0, 1170.0), (1060.0, 1320.0), (-60.0, 1320.0)]);
    canvas.fill(beach.clone(), Fill::Linear((0.0, 1090.0), (Ink(0xe8cfa6).mix(scene.bottom, 0.3), 1.0), (0.0, 1250.0), (Ink(0xb98f64).mix(scene.near, 0.25), 1.0)));
    canvas.stroke(beach, Ink(0xfff6e8), 0.75, 12.0);
    // A sail.
    canvas.fill(straight(&[(668.0, 700.0), (668.0, 596.0), (724.0, 694.0)]), Ink(0xfffaf2));
    canvas.fill(straight(&[(660.0, 700.0), (660.0, 622.0), (622.0, 696.0)]), Ink(0xf3e3d2));
    canvas.fill(blob(&[(612.0, 708.0), (736.0, 706.0), (716.0, 728.0), (636.0, 730.0)]), scene.near.darker(0.3));
}

fn city(canvas: &mut Canvas, scene: &Scene) {
    sun(canvas, scene, 260.0, 330.0, 58.0);
    for index in 0..70_u16 {
        let (x, y) = (chance(index, scene.turn) * 1000.0, chance(index + 100, scene.turn) * 560.0);
        canvas.fill(circle(x, y, 1.4 + chance(index + 7, scene.turn) * 1.8), Fill::Plain(Ink(0xffffff), 0.5));
    }
    for row in 0..3_u16 {
        let depth = f32::from(row) / 2.0;
        let ink = scene.bottom.mix(scene.near, 0.35 + depth * 0.65);
        let (mut x, mut index) = (-30.0, row * 50);
        while x < WIDTH {
            let width = 78.0 + chance(index, scene.turn) * 90.0;
            let top = 520.0 + depth * 210.0 + chance(index + 21, scene.turn) * 240.0;
            canvas.fill(rectangle(x, top, width + 2.0, HEIGHT - top + 10.0), Fill::Linear((x, top), (ink.lighter(0.08), 1.0), (x + width, HEIGHT), (ink.darker(0.25), 1.0)));
            windows(canvas, scene, (x, top, width), index, depth);
            (x, index) = (x + width + 6.0, index + 1);
        }
    }
    canvas.background(Fill::Linear((0.0, 900.0), (scene.near, 0.0), (0.0, HEIGHT), (scene.near.darker(0.4), 0.7)));
}

fn windows(canvas: &mut Canvas, scene: &Scene, (x, top, width): (f32, f32, f32), house: u16, depth: f32) {
    let size = 9.0 + depth * 7.0;
    let (mut y, mut index) = (top + 26.0, house * 211);
    while y < HEIGHT {
        let mut column = x + 16.0;
        while column + size < x + width - 10.0 {
            if chance(index, scene.turn + 3.0) > 0.56 {
                let warm = scene.glow.mix(Ink(0xfff0c8), chance(index + 5, scene.turn));
                canvas.fill(rectangle(column, y, size, size * 1.3), Fill::Plain(warm, 0.45 + 0.5 * depth));
            }
            (column, index) = (column + size * 2.0, index.wrapping_add(1));
        }
        y += size * 2.6;
    }
}

fn forest(canvas: &mut Canvas, scene: &Scene) {
    sun(canvas, scene, 520.0, 340.0, 70.0);
    for row in 0..4_u16 {
        let depth = f32::from(row) / 3.0;
        let ink = scene.bottom.mix(scene.near, 0.25 + depth * 0.75);
        for tree in 0..9_u16 {
            let index = row * 20 + tree;
            let x = f32::from(tree) * 130.0 - 40.0 + chance(index, scene.turn) * 90.0;
            let height = 360.0 + depth * 190.0 + chance(index + 31, scene.turn) * 160.0;
            pine(canvas, x, 760.0 + depth * 400.0, height, ink);
        }
        let y = 690.0 + depth * 320.0;
        canvas.fill(rectangle(0.0, y, WIDTH, 260.0), Fill::Linear((0.0, y), (scene.bottom.lighter(0.3), 0.0), (0.0, y + 260.0), (scene.bottom.lighter(0.3), 0.5 - depth * 0.42)));
    }
    ridge(canvas, 1180.0, 34.0, scene.turn, false, scene.near.darker(0.35));
    // A lit tent says that somebody is there.
    canvas.fill(circle(660.0, 1128.0, 190.0), Fill::Radial((660.0, 1128.0), 190.0, (scene.glow, 0.5), (scene.glow, 0.0)));
    canvas.fill(straight(&[(560.0, 1180.0), (660.0, 1046.0), (770.0, 1180.0)]), Fill::Linear((600.0, 1050.0), (scene.glow.lighter(0.3), 1.0), (700.0, 1180.0), (scene.glow.mix(Ink(0xd06a2c), 0.5), 1.0)));
    canvas.fill(straight(&[(640.0, 1180.0), (660.0, 1076.0), (682.0, 1180.0)]), Fill::Plain(Ink(0x5a2c18), 0.75));
}

fn pine(canvas: &mut Canvas, x: f32, foot: f32, height: f32, ink: Ink) {
    for step in 0..5_u8 {
        let part = f32::from(step) / 5.0;
        let (top, bottom) = (foot - height + part * height * 0.76, foot - height + (part + 0.4) * height * 0.76);
        let half = (0.22 + part) * height * 0.2;
        canvas.fill(straight(&[(x, top), (x + half, bottom), (x + half * 0.2, bottom - 10.0), (x - half * 0.2, bottom - 10.0), (x - half, bottom)]), ink.lighter(0.05 * (1.0 - part)));
    }
    canvas.fill(rectangle(x - height * 0.016, foot - height * 0.2, height * 0.032, height * 0.3), ink.darker(0.3));
}

fn balloons(canvas: &mut Canvas, scene: &Scene) {
    sun(canvas, scene, 300.0, 700.0, 70.0);
    clouds(canvas, scene.glow.lighter(0.6), 160.0, scene.turn);
    clouds(canvas, scene.glow.lighter(0.6), 470.0, scene.turn + 2.0);
    for layer in 0..3_u8 {
        let depth = f32::from(layer) / 2.0;
        ridge(canvas, 860.0 + depth * 200.0, 80.0, scene.turn + depth * 3.0, false, scene.bottom.mix(scene.near, 0.35 + depth * 0.65));
    }
    for (x, y, size, inks) in [
        (230.0, 300.0, 0.42, [Ink(0x5f8f8b), Ink(0xf3e3c4)]),
        (800.0, 250.0, 0.3, [Ink(0xe0a33e), Ink(0xfbeedb)]),
        (610.0, 430.0, 1.0, [Ink(0xd9573f), Ink(0xf8dcb8)]),
    ] {
        balloon(canvas, (x, y), size, inks);
    }
}

fn balloon(canvas: &mut Canvas, (x, y): (f32, f32), size: f32, inks: [Ink; 2]) {
    let at = |dx: f32, dy: f32| (x + dx * size, y + dy * size);
    let envelope = blob(&[at(0.0, -250.0), at(150.0, -200.0), at(212.0, -50.0), at(150.0, 110.0), at(52.0, 214.0), at(-52.0, 214.0), at(-150.0, 110.0), at(-212.0, -50.0), at(-150.0, -200.0)]);
    let [main, stripe] = inks;
    canvas.fill(envelope.clone(), main);
    canvas.within(envelope, |canvas| {
        for offset in [-1.0_f32, 0.0, 1.0] {
            let half = if offset == 0.0 { 44.0 } else { 34.0 };
            let bulge = |part: f32| at(offset * (136.0 * part) + half * part, 0.0).0;
            let other = |part: f32| at(offset * (136.0 * part) - half * part, 0.0).0;
            let gore = blob(&[
                (x, at(0.0, -256.0).1), (bulge(0.8), at(0.0, -150.0).1), (bulge(1.0), at(0.0, -30.0).1), (bulge(0.7), at(0.0, 110.0).1), (bulge(0.3), at(0.0, 224.0).1),
                (other(0.3), at(0.0, 224.0).1), (other(0.7), at(0.0, 110.0).1), (other(1.0), at(0.0, -30.0).1), (other(0.8), at(0.0, -150.0).1),
            ]);
            canvas.fill(gore, stripe);
        }
        let (light, dark) = (at(-120.0, -120.0), at(230.0, 120.0));
        canvas.background(Fill::Linear(light, (Ink(0xffffff), 0.22), at(20.0, 0.0), (Ink(0xffffff), 0.0)));
        canvas.background(Fill::Linear(at(20.0, 0.0), (Ink(0x3a1420), 0.0), dark, (Ink(0x3a1420), 0.42)));
    });
    for side in [-1.0, 1.0] {
        canvas.stroke(curve(&[at(side * 46.0, 214.0), at(side * 30.0, 290.0)]), Ink(0x4a3226), 0.9, 4.0 * size);
    }
    let (left, top) = at(-36.0, 288.0);
    canvas.fill(card(left, top, 72.0 * size, 54.0 * size, 10.0 * size, 0.0), Fill::Linear((left, top), (Ink(0xb27a45), 1.0), (left + 72.0 * size, top), (Ink(0x6e4526), 1.0)));
}

fn coffee(canvas: &mut Canvas, scene: &Scene) {
    for plank in 0..5_u8 {
        let x = f32::from(plank) * 215.0 - 20.0;
        canvas.stroke(curve(&[(x, 0.0), (x + 3.0, 600.0), (x, 1250.0)]), scene.near, 0.28, 5.0);
    }
    let shadow = |canvas: &mut Canvas, path| canvas.fill(path, Fill::Plain(Ink(0x24120c), 0.28));
    shadow(canvas, card(600.0, 120.0, 380.0, 540.0, 18.0, 11.0));
    canvas.fill(card(580.0, 96.0, 380.0, 540.0, 18.0, 11.0), Fill::Linear((580.0, 96.0), (scene.glow, 1.0), (960.0, 640.0), (scene.glow.darker(0.2), 1.0)));
    canvas.fill(card(618.0, 130.0, 300.0, 470.0, 10.0, 11.0), Ink(0xfbf5ea));
    for line in 0..9_u8 {
        let y = 210.0 + f32::from(line) * 40.0;
        canvas.stroke(curve(&[(664.0 - f32::from(line) * 7.6, y), (860.0 - f32::from(line) * 7.6 - 40.0 * chance(line.into(), scene.turn), y + 40.0)]), scene.near, 0.4, 4.0);
    }
    let (x, y) = (380.0, 760.0);
    shadow(canvas, circle(x + 26.0, y + 34.0, 330.0));
    canvas.fill(circle(x, y, 330.0), Fill::Linear((120.0, 500.0), (Ink(0xfffdf8), 1.0), (640.0, 1040.0), (Ink(0xddd2c2), 1.0)));
    canvas.stroke(circle(x, y, 236.0), Ink(0xcbbda9), 0.6, 6.0);
    shadow(canvas, circle(x + 16.0, y + 22.0, 206.0));
    canvas.fill(card(x + 170.0, y - 50.0, 130.0, 72.0, 34.0, -24.0), Ink(0xe9dfd0));
    canvas.fill(circle(x, y, 204.0), Fill::Linear((200.0, 600.0), (Ink(0xffffff), 1.0), (560.0, 940.0), (Ink(0xd8ccba), 1.0)));
    canvas.fill(circle(x, y, 178.0), Fill::Radial((x - 40.0, y - 40.0), 220.0, (Ink(0xb9814e), 1.0), (Ink(0x6e3f22), 1.0)));
    for (size, alpha) in [(1.0_f32, 0.95), (0.72, 1.0), (0.44, 0.95)] {
        let at = |dx: f32, dy: f32| (x + dx * size, y + 30.0 + dy * size);
        let heart = blob(&[at(0.0, -66.0), at(50.0, -108.0), at(112.0, -78.0), at(108.0, -10.0), at(56.0, 62.0), at(0.0, 108.0), at(-56.0, 62.0), at(-108.0, -10.0), at(-112.0, -78.0), at(-50.0, -108.0)]);
        let ink = if size == 0.72 { Ink(0xb27a48) } else { Ink(0xf6e3c4) };
        canvas.fill(heart, Fill::Plain(ink, alpha));
    }
    shadow(canvas, card(700.0, 900.0, 26.0, 330.0, 12.0, 28.0));
    canvas.fill(card(690.0, 884.0, 24.0, 330.0, 12.0, 28.0), Fill::Linear((690.0, 0.0), (Ink(0xe9e4dc), 1.0), (720.0, 0.0), (Ink(0xa9a29a), 1.0)));
    canvas.fill(ellipse(790.0, 900.0, 34.0, 56.0), Ink(0xd3ccc2));
}

fn records(canvas: &mut Canvas, scene: &Scene) {
    canvas.fill(rectangle(0.0, 1010.0, WIDTH, 240.0), Fill::Linear((0.0, 1010.0), (scene.near, 1.0), (0.0, HEIGHT), (scene.near.darker(0.35), 1.0)));
    canvas.fill(card(120.0, 230.0, 760.0, 830.0, 26.0, 0.0), Fill::Linear((120.0, 230.0), (Ink(0x7c4a2d), 1.0), (880.0, 1060.0), (Ink(0x4d2a1a), 1.0)));
    canvas.fill(card(146.0, 256.0, 708.0, 778.0, 18.0, 0.0), Fill::Linear((146.0, 256.0), (Ink(0x9a6440), 1.0), (854.0, 1034.0), (Ink(0x6d4029), 1.0)));
    let (x, y) = (470.0, 620.0);
    canvas.fill(circle(x + 10.0, y + 16.0, 312.0), Fill::Plain(Ink(0x1c0f0a), 0.4));
    canvas.fill(circle(x, y, 304.0), Ink(0x17141a));
    for groove in 0..16_u8 {
        canvas.stroke(circle(x, y, 128.0 + f32::from(groove) * 11.0), Ink(0xffffff), 0.05, 2.0);
    }
    canvas.within(circle(x, y, 304.0), |canvas| {
        for side in [-1.0_f32, 1.0] {
            let gleam = straight(&[(x, y), (x + side * 150.0, y - side * 330.0), (x + side * 250.0, y - side * 270.0)]);
            canvas.fill(gleam, Fill::Radial((x, y), 320.0, (Ink(0xffffff), 0.0), (Ink(0xffffff), 0.2)));
        }
    });
    canvas.fill(circle(x, y, 106.0), Fill::Linear((380.0, 520.0), (scene.glow.lighter(0.2), 1.0), (560.0, 720.0), (scene.glow.darker(0.2), 1.0)));
    canvas.stroke(circle(x, y, 72.0), scene.glow.lighter(0.6), 0.7, 5.0);
    canvas.fill(circle(x, y, 11.0), Ink(0xf4ead8));
    canvas.stroke(curve(&[(786.0, 372.0), (800.0, 560.0), (772.0, 720.0), (672.0, 786.0)]), Ink(0xe3ddd2), 1.0, 17.0);
    canvas.fill(circle(786.0, 366.0, 50.0), Fill::Radial((772.0, 350.0), 70.0, (Ink(0xf2ece2), 1.0), (Ink(0x8f887e), 1.0)));
    canvas.fill(card(632.0, 770.0, 66.0, 36.0, 10.0, 32.0), Ink(0x2b262b));
    for (index, x) in [(0.0, 220.0), (1.0, 300.0)] {
        canvas.fill(circle(x, 968.0, 26.0), Fill::Radial((x - 8.0, 958.0), 34.0, (Ink(0xefe6d8), 1.0), (Ink(0x8b8177), 1.0)));
        canvas.stroke(curve(&[(x, 968.0), (x + 14.0 - index * 22.0, 950.0)]), Ink(0x3a3030), 1.0, 5.0);
    }
}

fn plants(canvas: &mut Canvas, scene: &Scene) {
    // A window, with the sky of another hour.
    canvas.fill(card(150.0, 110.0, 700.0, 760.0, 20.0, 0.0), scene.bottom.lighter(0.65));
    let pane = card(182.0, 142.0, 636.0, 696.0, 8.0, 0.0);
    canvas.within(pane, |canvas| {
        canvas.background(Fill::Linear((0.0, 140.0), (scene.glow.mix(Ink(0x8ec0cf), 0.55), 1.0), (0.0, 840.0), (scene.glow.lighter(0.45), 1.0)));
        sun(canvas, scene, 640.0, 380.0, 62.0);
        ridge(canvas, 740.0, 60.0, scene.turn, false, Fill::Plain(scene.near, 0.45));
        ridge(canvas, 800.0, 40.0, scene.turn + 2.0, false, Fill::Plain(scene.near, 0.7));
    });
    canvas.fill(rectangle(492.0, 130.0, 16.0, 720.0), scene.bottom.lighter(0.65));
    canvas.fill(rectangle(160.0, 470.0, 680.0, 16.0), scene.bottom.lighter(0.65));
    canvas.fill(card(90.0, 990.0, 820.0, 60.0, 10.0, 0.0), Fill::Linear((0.0, 990.0), (Ink(0xc89566), 1.0), (0.0, 1050.0), (Ink(0x86583a), 1.0)));
    canvas.fill(rectangle(110.0, 1050.0, 780.0, 200.0), Fill::Linear((0.0, 1050.0), (Ink(0x1e1410), 0.3), (0.0, 1180.0), (Ink(0x1e1410), 0.0)));
    for (x, size, leaves, pot) in [(300.0, 1.0, 9_u8, Ink(0xc65f43)), (560.0, 0.66, 7, Ink(0xf0e2cc)), (760.0, 0.86, 8, Ink(0x4d7a80))] {
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
        let at = |along: f32, across: f32| (x + (dx * along - dy * across) * length, crown + (dy * along + dx * across) * length);
        let green = Ink(0x3f7a52).mix(Ink(0x8cb35a), chance(u16::from(leaf) + 11, scene.turn)).mix(scene.near, 0.15);
        let blade = blob(&[at(0.0, 0.0), at(0.35, 0.11), at(0.7, 0.12), at(1.0, 0.0), at(0.7, -0.12), at(0.35, -0.11)]);
        canvas.fill(blade, Fill::Linear(at(0.5, 0.14), (green.lighter(0.12), 1.0), at(0.5, -0.14), (green.darker(0.22), 1.0)));
        canvas.stroke(curve(&[at(0.02, 0.0), at(0.5, 0.012), at(0.94, 0.0)]), green.lighter(0.4), 0.45, 4.0 * size);
    }
    let half = 92.0 * size;
    let body = blob(&[(x - half, crown), (x + half, crown), (x + half * 0.94, foot - 60.0 * size), (x + half * 0.72, foot), (x - half * 0.72, foot), (x - half * 0.94, foot - 60.0 * size)]);
    canvas.fill(body, Fill::Linear((x - half, 0.0), (pot.lighter(0.22), 1.0), (x + half, 0.0), (pot.darker(0.3), 1.0)));
    canvas.fill(card(x - half * 1.1, crown - 14.0 * size, half * 2.2, 46.0 * size, 14.0 * size, 0.0), Fill::Linear((x - half, 0.0), (pot.lighter(0.35), 1.0), (x + half, 0.0), (pot.darker(0.15), 1.0)));
}

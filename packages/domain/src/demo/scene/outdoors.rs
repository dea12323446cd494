//! Under the sky.

use super::{
    super::canvas::{Canvas, Fill, HEIGHT, Ink, WIDTH, blob, card, circle, curve, ellipse, polygon, rectangle},
    Scene, chance, clouds, ridge, sun,
};

pub(super) fn mountains(canvas: &mut Canvas, scene: &Scene) {
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

pub(super) fn coast(canvas: &mut Canvas, scene: &Scene) {
    sun(canvas, scene, 420.0, 560.0, 80.0);
    clouds(canvas, scene.glow.lighter(0.6), 220.0, scene.turn);
    let horizon = 640.0;
    canvas.fill(
        rectangle(0.0, horizon, WIDTH, HEIGHT),
        Fill::Linear((0.0, horizon), (scene.bottom.mix(scene.near, 0.25), 1.0), (0.0, HEIGHT), (scene.near, 1.0)),
    );
    for step in 0..26_u16 {
        let depth = f32::from(step) / 26.0;
        let y = horizon + 8.0 + depth * depth * 420.0;
        let half = 60.0 + depth * 190.0 + chance(step, scene.turn) * 70.0;
        let x = 420.0 + (chance(step + 40, scene.turn) - 0.5) * 90.0;
        canvas.fill(ellipse(x, y, half, 3.0 + depth * 5.0), Fill::Plain(scene.glow.lighter(0.4), 0.55 - depth * 0.35));
    }
    let headland =
        blob(&[(1060.0, 500.0), (880.0, 540.0), (760.0, 600.0), (700.0, 652.0), (860.0, 664.0), (1060.0, 660.0)]);
    canvas.fill(
        headland,
        Fill::Linear(
            (700.0, 500.0),
            (scene.near.mix(scene.bottom, 0.45), 1.0),
            (1000.0, 660.0),
            (scene.near.mix(scene.bottom, 0.2), 1.0),
        ),
    );
    let beach = blob(&[
        (-60.0, 1130.0),
        (240.0, 1090.0),
        (560.0, 1150.0),
        (820.0, 1120.0),
        (1060.0, 1170.0),
        (1060.0, 1320.0),
        (-60.0, 1320.0),
    ]);
    canvas.fill(
        beach.clone(),
        Fill::Linear(
            (0.0, 1090.0),
            (Ink(0xe8cfa6).mix(scene.bottom, 0.3), 1.0),
            (0.0, 1250.0),
            (Ink(0xb98f64).mix(scene.near, 0.25), 1.0),
        ),
    );
    canvas.stroke(beach, Ink(0xfff6e8), 0.75, 12.0);
    // A sail.
    canvas.fill(polygon(&[(668.0, 700.0), (668.0, 596.0), (724.0, 694.0)]), Ink(0xfffaf2));
    canvas.fill(polygon(&[(660.0, 700.0), (660.0, 622.0), (622.0, 696.0)]), Ink(0xf3e3d2));
    canvas.fill(blob(&[(612.0, 708.0), (736.0, 706.0), (716.0, 728.0), (636.0, 730.0)]), scene.near.darker(0.3));
}

pub(super) fn city(canvas: &mut Canvas, scene: &Scene) {
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
            canvas.fill(
                rectangle(x, top, width + 2.0, HEIGHT - top + 10.0),
                Fill::Linear((x, top), (ink.lighter(0.08), 1.0), (x + width, HEIGHT), (ink.darker(0.25), 1.0)),
            );
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

pub(super) fn forest(canvas: &mut Canvas, scene: &Scene) {
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
        canvas.fill(
            rectangle(0.0, y, WIDTH, 260.0),
            Fill::Linear(
                (0.0, y),
                (scene.bottom.lighter(0.3), 0.0),
                (0.0, y + 260.0),
                (scene.bottom.lighter(0.3), 0.5 - depth * 0.42),
            ),
        );
    }
    ridge(canvas, 1180.0, 34.0, scene.turn, false, scene.near.darker(0.35));
    // A lit tent says that somebody is there.
    canvas
        .fill(circle(660.0, 1128.0, 190.0), Fill::Radial((660.0, 1128.0), 190.0, (scene.glow, 0.5), (scene.glow, 0.0)));
    canvas.fill(
        polygon(&[(560.0, 1180.0), (660.0, 1046.0), (770.0, 1180.0)]),
        Fill::Linear(
            (600.0, 1050.0),
            (scene.glow.lighter(0.3), 1.0),
            (700.0, 1180.0),
            (scene.glow.mix(Ink(0xd06a2c), 0.5), 1.0),
        ),
    );
    canvas.fill(polygon(&[(640.0, 1180.0), (660.0, 1076.0), (682.0, 1180.0)]), Fill::Plain(Ink(0x5a2c18), 0.75));
}

fn pine(canvas: &mut Canvas, x: f32, foot: f32, height: f32, ink: Ink) {
    for step in 0..5_u8 {
        let part = f32::from(step) / 5.0;
        let (top, bottom) = (foot - height + part * height * 0.76, foot - height + (part + 0.4) * height * 0.76);
        let half = (0.22 + part) * height * 0.2;
        canvas.fill(
            polygon(&[
                (x, top),
                (x + half, bottom),
                (x + half * 0.2, bottom - 10.0),
                (x - half * 0.2, bottom - 10.0),
                (x - half, bottom),
            ]),
            ink.lighter(0.05 * (1.0 - part)),
        );
    }
    canvas.fill(rectangle(x - height * 0.016, foot - height * 0.2, height * 0.032, height * 0.3), ink.darker(0.3));
}

pub(super) fn balloons(canvas: &mut Canvas, scene: &Scene) {
    sun(canvas, scene, 300.0, 700.0, 70.0);
    clouds(canvas, scene.glow.lighter(0.6), 160.0, scene.turn);
    clouds(canvas, scene.glow.lighter(0.6), 470.0, scene.turn + 2.0);
    for layer in 0..3_u8 {
        let depth = f32::from(layer) / 2.0;
        ridge(
            canvas,
            860.0 + depth * 200.0,
            80.0,
            scene.turn + depth * 3.0,
            false,
            scene.bottom.mix(scene.near, 0.35 + depth * 0.65),
        );
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
    let envelope = blob(&[
        at(0.0, -250.0),
        at(150.0, -200.0),
        at(212.0, -50.0),
        at(150.0, 110.0),
        at(52.0, 214.0),
        at(-52.0, 214.0),
        at(-150.0, 110.0),
        at(-212.0, -50.0),
        at(-150.0, -200.0),
    ]);
    let [main, stripe] = inks;
    canvas.fill(envelope.clone(), main);
    canvas.within(envelope, |canvas| {
        for offset in [-1.0_f32, 0.0, 1.0] {
            let half = if offset == 0.0 { 44.0 } else { 34.0 };
            let bulge = |part: f32| at(offset * (136.0 * part) + half * part, 0.0).0;
            let other = |part: f32| at(offset * (136.0 * part) - half * part, 0.0).0;
            let gore = blob(&[
                (x, at(0.0, -256.0).1),
                (bulge(0.8), at(0.0, -150.0).1),
                (bulge(1.0), at(0.0, -30.0).1),
                (bulge(0.7), at(0.0, 110.0).1),
                (bulge(0.3), at(0.0, 224.0).1),
                (other(0.3), at(0.0, 224.0).1),
                (other(0.7), at(0.0, 110.0).1),
                (other(1.0), at(0.0, -30.0).1),
                (other(0.8), at(0.0, -150.0).1),
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
    canvas.fill(
        card(left, top, 72.0 * size, 54.0 * size, 10.0 * size, 0.0),
        Fill::Linear((left, top), (Ink(0xb27a45), 1.0), (left + 72.0 * size, top), (Ink(0x6e4526), 1.0)),
    );
}

//! Drawn places and things, for the photos beside a portrait.

mod indoors;
mod outdoors;

use super::canvas::{Canvas, Fill, HEIGHT, Ink, WIDTH, blob, circle, ellipse, polygon};

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
        Subject::Mountains => outdoors::mountains(canvas, scene),
        Subject::Coast => outdoors::coast(canvas, scene),
        Subject::City => outdoors::city(canvas, scene),
        Subject::Forest => outdoors::forest(canvas, scene),
        Subject::Balloons => outdoors::balloons(canvas, scene),
        Subject::Coffee => indoors::coffee(canvas, scene),
        Subject::Records => indoors::records(canvas, scene),
        Subject::Plants => indoors::plants(canvas, scene),
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
        let wave = (x * 0.0061 + turn).sin() * 0.6
            + (x * 0.0137 + turn * 2.1).sin() * 0.3
            + (x * 0.031 + turn * 3.7).sin() * 0.1;
        let jag = if sharp { (chance(step, turn) - 0.5) * 0.7 } else { 0.0 };
        points.push((x, y - rise * (wave + jag)));
    }
    points.push((WIDTH + 60.0, HEIGHT + 40.0));
    let path = if sharp { polygon(&points) } else { blob(&points) };
    canvas.fill(path, fill);
}

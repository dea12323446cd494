//! Hair: what is behind the head, and what falls over it.

mod before;
mod behind;

use super::canvas::{Canvas, Fill, Ink, circle};

pub(super) use before::before;
pub(super) use behind::behind;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Style {
    Long,
    Wavy,
    Bob,
    Bun,
    Afro,
    Curls,
    Short,
    SidePart,
    Buzz,
    Bald,
    Braids,
    /// A headscarf, in the hair's colour.
    Scarf,
}

fn sheen(ink: Ink) -> Fill {
    Fill::Linear((320.0, 240.0), (ink.lighter(0.16), 1.0), (700.0, 760.0), (ink.darker(0.3), 1.0))
}

/// A row of circles along an ellipse's upper part: curls. Angles in degrees, 0 is to the right, 90 up.
fn curls(
    canvas: &mut Canvas,
    ink: Ink,
    centre: (f32, f32),
    radii: (f32, f32),
    (from, to): (f32, f32),
    size: f32,
    count: u8,
) {
    for index in 0..=count {
        let angle = (from + (to - from) * f32::from(index) / f32::from(count)).to_radians();
        let (x, y) = (centre.0 + radii.0 * angle.cos(), centre.1 - radii.1 * angle.sin());
        let swell = size * (1.0 + 0.14 * (f32::from(index) * 2.3).sin());
        canvas.fill(
            circle(x, y, swell),
            Fill::Radial(
                (x - swell * 0.35, y - swell * 0.4),
                swell * 1.5,
                (ink.lighter(0.14), 1.0),
                (ink.darker(0.2), 1.0),
            ),
        );
    }
}

//! What people wear.

use tiny_skia::Path;

use super::{
    canvas::{Canvas, Fill, HEIGHT, Ink, MIDDLE, blob, curve, mirrored, rectangle},
    portrait::{Collar, Look},
};

pub(super) fn draw(canvas: &mut Canvas, look: &Look) {
    let fill =
        |ink: Ink| Fill::Linear((180.0, 850.0), (ink.lighter(0.14), 1.0), (860.0, HEIGHT), (ink.darker(0.28), 1.0));
    match look.collar {
        Collar::Crew => {
            canvas.fill(torso(862.0, 118.0, 66.0), fill(look.clothes));
            canvas.stroke(neckline(862.0, 118.0, 66.0), look.clothes.darker(0.25), 0.7, 13.0);
        }
        Collar::High => {
            canvas.fill(torso(840.0, 104.0, 8.0), fill(look.clothes));
            let collar = mirrored(&[(MIDDLE, 796.0), (MIDDLE + 98.0, 780.0), (MIDDLE + 122.0, 868.0), (MIDDLE, 902.0)]);
            canvas.fill(
                collar,
                Fill::Linear(
                    (380.0, 0.0),
                    (look.clothes.lighter(0.2), 1.0),
                    (640.0, 0.0),
                    (look.clothes.darker(0.15), 1.0),
                ),
            );
            canvas.stroke(
                curve(&[(380.0, 872.0), (500.0, 904.0), (620.0, 872.0)]),
                look.clothes.darker(0.35),
                0.6,
                6.0,
            );
        }
        Collar::Open => {
            canvas.fill(torso(850.0, 122.0, 130.0), fill(look.clothes));
            for side in [-1.0, 1.0] {
                let at = |x: f32, y: f32| (MIDDLE + side * x, y);
                let wing = blob(&[
                    at(100.0, 826.0),
                    at(168.0, 872.0),
                    at(150.0, 962.0),
                    at(70.0, 1010.0),
                    at(16.0, 1010.0),
                    at(70.0, 930.0),
                ]);
                canvas.fill(wing.clone(), look.clothes.lighter(0.2));
                canvas.stroke(wing, look.clothes.darker(0.3), 0.3, 4.0);
            }
            canvas.stroke(
                curve(&[(500.0, 1008.0), (503.0, 1130.0), (500.0, 1250.0)]),
                look.clothes.darker(0.4),
                0.5,
                5.0,
            );
        }
        Collar::Jacket(shirt) => {
            canvas.within(rectangle(300.0, 800.0, 400.0, 450.0), |canvas| {
                canvas.fill(torso(850.0, 116.0, 56.0), fill(shirt));
                canvas.stroke(neckline(850.0, 116.0, 56.0), shirt.darker(0.2), 0.6, 10.0);
            });
            for side in [-1.0, 1.0] {
                let at = |x: f32, y: f32| (MIDDLE + side * x, y);
                let half = blob(&[
                    at(128.0, 842.0),
                    at(230.0, 884.0),
                    at(360.0, 950.0),
                    at(430.0, 1090.0),
                    at(450.0, 1300.0),
                    at(200.0, 1300.0),
                    at(34.0, 1290.0),
                    at(64.0, 1150.0),
                    at(120.0, 980.0),
                ]);
                canvas.fill(half, fill(look.clothes));
                let lapel = blob(&[
                    at(124.0, 842.0),
                    at(196.0, 908.0),
                    at(212.0, 1000.0),
                    at(168.0, 1030.0),
                    at(90.0, 1180.0),
                    at(72.0, 1130.0),
                    at(112.0, 980.0),
                ]);
                canvas.fill(lapel.clone(), look.clothes.lighter(0.1));
                canvas.stroke(lapel, look.clothes.darker(0.45), 0.35, 4.0);
            }
        }
    }
}

/// Shoulders and chest, with a neckline of that height, half width and depth.
fn torso(y: f32, half: f32, depth: f32) -> Option<Path> {
    mirrored(&[
        (MIDDLE, y + depth),
        (MIDDLE + half * 0.62, y + depth * 0.72),
        (MIDDLE + half, y),
        (MIDDLE + half + 110.0, y + 40.0),
        (MIDDLE + 338.0, y + 92.0),
        (MIDDLE + 416.0, y + 196.0),
        (MIDDLE + 452.0, y + 460.0),
        (MIDDLE, y + 480.0),
    ])
}

fn neckline(y: f32, half: f32, depth: f32) -> Option<Path> {
    let points = [
        (-half, y + 2.0),
        (-half * 0.62, y + depth * 0.72),
        (0.0, y + depth),
        (half * 0.62, y + depth * 0.72),
        (half, y + 2.0),
    ];
    curve(&points.map(|(x, y)| (MIDDLE + x, y)))
}

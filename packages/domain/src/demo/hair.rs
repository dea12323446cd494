//! Hair: what is behind the head, and what falls over it.

use tiny_skia::Path;

use super::{
    canvas::{Canvas, Fill, Ink, WIDTH, blob, circle, curve, ellipse, mirrored},
    portrait::Look,
};

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

const MIDDLE: f32 = WIDTH / 2.0;

fn sheen(ink: Ink) -> Fill {
    Fill::Linear((320.0, 240.0), (ink.lighter(0.16), 1.0), (700.0, 760.0), (ink.darker(0.3), 1.0))
}

/// A row of circles along an ellipse's upper part: curls. Angles in degrees, 0 is to the right, 90 up.
fn curls(canvas: &mut Canvas, ink: Ink, centre: (f32, f32), radii: (f32, f32), (from, to): (f32, f32), size: f32, count: u8) {
    for index in 0..=count {
        let angle = (from + (to - from) * f32::from(index) / f32::from(count)).to_radians();
        let (x, y) = (centre.0 + radii.0 * angle.cos(), centre.1 - radii.1 * angle.sin());
        let swell = size * (1.0 + 0.14 * (f32::from(index) * 2.3).sin());
        canvas.fill(circle(x, y, swell), Fill::Radial((x - swell * 0.35, y - swell * 0.4), swell * 1.5, (ink.lighter(0.14), 1.0), (ink.darker(0.2), 1.0)));
    }
}

pub(super) fn behind(canvas: &mut Canvas, look: &Look) {
    let ink = look.hair;
    let back = ink.darker(0.22);
    match look.style {
        Style::Long => {
            let hair = mirrored(&[(MIDDLE, 232.0), (640.0, 262.0), (722.0, 400.0), (734.0, 620.0), (752.0, 860.0), (716.0, 1010.0), (620.0, 1040.0), (MIDDLE, 1000.0)]);
            canvas.fill(hair, sheen(back));
        }
        Style::Wavy => {
            let hair = mirrored(&[
                (MIDDLE, 226.0), (640.0, 250.0), (730.0, 370.0), (722.0, 500.0), (764.0, 610.0), (738.0, 730.0), (776.0, 840.0), (722.0, 950.0),
                (640.0, 962.0), (MIDDLE, 930.0),
            ]);
            canvas.fill(hair, sheen(back));
        }
        Style::Bob => {
            let hair = mirrored(&[(MIDDLE, 236.0), (640.0, 262.0), (718.0, 390.0), (734.0, 560.0), (740.0, 700.0), (690.0, 772.0), (600.0, 770.0), (MIDDLE, 760.0)]);
            canvas.fill(hair, sheen(back));
        }
        Style::Bun => {
            canvas.fill(ellipse(MIDDLE + 8.0, 216.0, 104.0, 92.0), sheen(ink));
            canvas.stroke(curve(&[(430.0, 214.0), (490.0, 176.0), (566.0, 196.0)]), ink.darker(0.35), 0.35, 7.0);
            canvas.stroke(curve(&[(436.0, 244.0), (510.0, 262.0), (584.0, 226.0)]), ink.darker(0.35), 0.35, 7.0);
            canvas.fill(ellipse(MIDDLE, 430.0, 196.0, 180.0), sheen(back));
        }
        Style::Afro => {
            canvas.fill(ellipse(MIDDLE, 430.0, 262.0, 250.0), sheen(ink));
            curls(canvas, ink, (MIDDLE, 430.0), (246.0, 236.0), (-42.0, 222.0), 46.0, 22);
        }
        Style::Curls => {
            canvas.fill(ellipse(MIDDLE, 410.0, 200.0, 176.0), sheen(back));
            curls(canvas, ink, (MIDDLE, 420.0), (186.0, 168.0), (-8.0, 188.0), 50.0, 12);
        }
        Style::Braids => {
            canvas.fill(ellipse(MIDDLE, 430.0, 206.0, 196.0), sheen(back));
            for side in [-1.0, 1.0] {
                for index in 0..7_u8 {
                    let y = 600.0 + f32::from(index) * 58.0;
                    let x = MIDDLE + side * (196.0 + 10.0 * (f32::from(index) * 1.1).sin());
                    canvas.fill(ellipse(x, y, 34.0, 40.0), Fill::Linear((x - 30.0, y), (ink.lighter(0.14), 1.0), (x + 30.0, y + 20.0), (ink.darker(0.25), 1.0)));
                }
                canvas.fill(ellipse(MIDDLE + side * 192.0, 1004.0, 22.0, 16.0), Ink(0xd9a441));
            }
        }
        Style::Scarf => {
            let cloth = mirrored(&[(MIDDLE, 214.0), (628.0, 244.0), (716.0, 380.0), (726.0, 560.0), (716.0, 720.0), (760.0, 900.0), (690.0, 1010.0), (MIDDLE, 1040.0)]);
            canvas.fill(cloth, sheen(ink.darker(0.12)));
        }
        Style::Short | Style::SidePart | Style::Buzz => canvas.fill(ellipse(MIDDLE, 440.0, 182.0, 176.0), sheen(back)),
        Style::Bald => {}
    }
}

/// The hair on top, down to the hairline: `outer` is how far it stands off at the sides, `top` its upper end.
fn cap(outer: f32, top: f32, hairline: &[(f32, f32)]) -> Option<Path> {
    let side = 172.0 + outer;
    let mut points = vec![
        (MIDDLE - side, 520.0), (MIDDLE - side - 2.0, 410.0), (MIDDLE - side * 0.72, top + 62.0), (MIDDLE, top), (MIDDLE + side * 0.72, top + 62.0),
        (MIDDLE + side + 2.0, 410.0), (MIDDLE + side, 520.0),
    ];
    points.extend(hairline.iter().rev().copied());
    blob(&points)
}

fn strands(canvas: &mut Canvas, ink: Ink, lines: &[&[(f32, f32)]]) {
    for line in lines {
        canvas.stroke(curve(line), ink.darker(0.45), 0.28, 6.0);
    }
}

pub(super) fn before(canvas: &mut Canvas, look: &Look) {
    let ink = look.hair;
    match look.style {
        Style::Long => {
            let parting = [(340.0, 560.0), (352.0, 452.0), (410.0, 372.0), (504.0, 318.0), (590.0, 372.0), (648.0, 452.0), (660.0, 560.0)];
            canvas.fill(cap(22.0, 226.0, &parting), sheen(ink));
            for side in [-1.0_f32, 1.0] {
                let at = |x: f32, y: f32| (MIDDLE + side * x, y);
                let lock = blob(&[at(160.0, 470.0), at(196.0, 480.0), at(216.0, 640.0), at(236.0, 830.0), at(214.0, 1000.0), at(148.0, 1020.0), at(150.0, 860.0), at(172.0, 680.0)]);
                canvas.fill(lock, sheen(ink));
                strands(canvas, ink, &[&[at(186.0, 520.0), at(198.0, 700.0), at(196.0, 960.0)]]);
            }
            strands(canvas, ink, &[&[(500.0, 240.0), (420.0, 300.0), (362.0, 420.0)], &[(506.0, 240.0), (590.0, 300.0), (640.0, 420.0)]]);
        }
        Style::Wavy => {
            let fringe = [(336.0, 540.0), (356.0, 448.0), (436.0, 398.0), (540.0, 352.0), (600.0, 372.0), (650.0, 450.0), (664.0, 540.0)];
            canvas.fill(cap(28.0, 216.0, &fringe), sheen(ink));
            for side in [-1.0_f32, 1.0] {
                let at = |x: f32, y: f32| (MIDDLE + side * x, y);
                let lock = blob(&[at(166.0, 480.0), at(206.0, 470.0), at(232.0, 590.0), at(210.0, 700.0), at(250.0, 820.0), at(214.0, 926.0), at(160.0, 900.0), at(186.0, 800.0), at(156.0, 700.0), at(186.0, 590.0)]);
                canvas.fill(lock, sheen(ink));
                strands(canvas, ink, &[&[at(192.0, 520.0), at(212.0, 600.0), at(184.0, 700.0), at(216.0, 820.0)]]);
            }
            strands(canvas, ink, &[&[(560.0, 232.0), (460.0, 300.0), (360.0, 420.0)], &[(575.0, 240.0), (640.0, 320.0), (668.0, 440.0)]]);
        }
        Style::Bob => {
            let fringe = [(338.0, 560.0), (348.0, 462.0), (410.0, 432.0), (500.0, 424.0), (590.0, 432.0), (652.0, 462.0), (662.0, 560.0)];
            canvas.fill(cap(26.0, 226.0, &fringe), sheen(ink));
            for side in [-1.0_f32, 1.0] {
                let at = |x: f32, y: f32| (MIDDLE + side * x, y);
                canvas.fill(blob(&[at(164.0, 480.0), at(202.0, 470.0), at(226.0, 600.0), at(232.0, 720.0), at(186.0, 772.0), at(148.0, 740.0), at(166.0, 620.0)]), sheen(ink));
            }
            strands(canvas, ink, &[&[(470.0, 250.0), (410.0, 330.0), (400.0, 424.0)], &[(520.0, 246.0), (510.0, 330.0), (508.0, 416.0)], &[(550.0, 252.0), (600.0, 330.0), (606.0, 424.0)]]);
        }
        Style::Bun => {
            let line = [(332.0, 540.0), (350.0, 440.0), (420.0, 352.0), (500.0, 330.0), (580.0, 352.0), (650.0, 440.0), (668.0, 540.0)];
            canvas.fill(cap(10.0, 246.0, &line), sheen(ink));
            strands(canvas, ink, &[&[(352.0, 430.0), (400.0, 320.0), (480.0, 266.0)], &[(648.0, 430.0), (600.0, 320.0), (524.0, 266.0)], &[(500.0, 322.0), (502.0, 264.0)]]);
        }
        Style::Afro => curls(canvas, ink, (MIDDLE, 436.0), (156.0, 96.0), (4.0, 176.0), 40.0, 9),
        Style::Curls => curls(canvas, ink, (MIDDLE, 420.0), (150.0, 96.0), (0.0, 180.0), 44.0, 9),
        Style::Short => {
            let line = [(330.0, 520.0), (352.0, 440.0), (410.0, 380.0), (500.0, 366.0), (590.0, 380.0), (648.0, 440.0), (670.0, 520.0)];
            canvas.fill(cap(12.0, 240.0, &line), sheen(ink));
            strands(canvas, ink, &[&[(410.0, 372.0), (440.0, 310.0), (500.0, 272.0)], &[(490.0, 362.0), (530.0, 310.0), (590.0, 290.0)], &[(580.0, 374.0), (620.0, 340.0), (652.0, 350.0)]]);
        }
        Style::SidePart => {
            let line = [(330.0, 520.0), (348.0, 430.0), (404.0, 372.0), (470.0, 384.0), (560.0, 352.0), (622.0, 352.0), (656.0, 420.0), (670.0, 520.0)];
            canvas.fill(cap(14.0, 226.0, &line), sheen(ink));
            strands(canvas, ink, &[&[(600.0, 262.0), (500.0, 300.0), (410.0, 366.0)], &[(612.0, 280.0), (540.0, 320.0), (480.0, 374.0)], &[(620.0, 270.0), (654.0, 330.0), (668.0, 410.0)]]);
        }
        Style::Buzz => {
            let line = [(330.0, 500.0), (350.0, 430.0), (416.0, 370.0), (500.0, 356.0), (584.0, 370.0), (650.0, 430.0), (670.0, 500.0)];
            canvas.fill(cap(3.0, 276.0, &line), Fill::Linear((320.0, 260.0), (ink.lighter(0.1), 0.94), (690.0, 520.0), (ink.darker(0.2), 0.94)));
        }
        Style::Bald => {
            let gleam = (470.0, 352.0);
            canvas.fill(ellipse(gleam.0, gleam.1, 64.0, 30.0), Fill::Radial(gleam, 64.0, (Ink(0xffffff), 0.35), (Ink(0xffffff), 0.0)));
        }
        Style::Braids => {
            let line = [(332.0, 560.0), (352.0, 440.0), (420.0, 366.0), (500.0, 336.0), (580.0, 366.0), (648.0, 440.0), (668.0, 560.0)];
            canvas.fill(cap(14.0, 238.0, &line), sheen(ink));
            strands(canvas, ink, &[&[(500.0, 250.0), (498.0, 330.0)], &[(470.0, 254.0), (420.0, 300.0), (372.0, 410.0)], &[(530.0, 254.0), (582.0, 300.0), (630.0, 410.0)], &[(440.0, 270.0), (380.0, 330.0), (344.0, 460.0)], &[(560.0, 270.0), (622.0, 330.0), (656.0, 460.0)]]);
        }
        Style::Scarf => {
            let edge = [(356.0, 640.0), (346.0, 520.0), (366.0, 420.0), (430.0, 362.0), (500.0, 346.0), (570.0, 362.0), (634.0, 420.0), (654.0, 520.0), (644.0, 640.0)];
            let mut cloth = vec![(286.0, 640.0), (276.0, 500.0), (300.0, 360.0), (390.0, 244.0), (500.0, 212.0), (610.0, 244.0), (700.0, 360.0), (724.0, 500.0), (714.0, 640.0)];
            cloth.extend(edge.iter().rev().copied());
            canvas.fill(blob(&cloth), sheen(ink));
            for side in [-1.0_f32, 1.0] {
                let at = |x: f32, y: f32| (MIDDLE + side * x, y);
                canvas.fill(blob(&[at(144.0, 600.0), at(222.0, 590.0), at(214.0, 720.0), at(150.0, 830.0), at(40.0, 880.0), at(0.0, 860.0), at(40.0, 806.0), at(112.0, 740.0)]), sheen(ink));
            }
            let fold = blob(&[(330.0, 770.0), (420.0, 776.0), (500.0, 770.0), (580.0, 776.0), (690.0, 760.0), (730.0, 900.0), (640.0, 1010.0), (480.0, 1030.0), (340.0, 960.0)]);
            canvas.fill(fold, sheen(ink.lighter(0.06)));
            strands(canvas, ink, &[&[(372.0, 840.0), (500.0, 906.0), (700.0, 850.0)], &[(380.0, 920.0), (520.0, 966.0), (680.0, 920.0)], &[(400.0, 262.0), (340.0, 360.0), (316.0, 500.0)]]);
        }
    }
}

//! What is behind the head.

use super::{
    super::{
        canvas::{Canvas, Fill, Ink, MIDDLE, curve, ellipse, mirrored},
        portrait::Look,
    },
    Style, curls, sheen,
};

pub(in crate::demo) fn behind(canvas: &mut Canvas, look: &Look) {
    let ink = look.hair;
    let back = ink.darker(0.22);
    match look.style {
        Style::Long => {
            let hair = mirrored(&[
                (MIDDLE, 232.0),
                (640.0, 262.0),
                (722.0, 400.0),
                (734.0, 620.0),
                (752.0, 860.0),
                (716.0, 1010.0),
                (620.0, 1040.0),
                (MIDDLE, 1000.0),
            ]);
            canvas.fill(hair, sheen(back));
        }
        Style::Wavy => {
            let hair = mirrored(&[
                (MIDDLE, 226.0),
                (640.0, 250.0),
                (730.0, 370.0),
                (722.0, 500.0),
                (764.0, 610.0),
                (738.0, 730.0),
                (776.0, 840.0),
                (722.0, 950.0),
                (640.0, 962.0),
                (MIDDLE, 930.0),
            ]);
            canvas.fill(hair, sheen(back));
        }
        Style::Bob => {
            let hair = mirrored(&[
                (MIDDLE, 236.0),
                (640.0, 262.0),
                (718.0, 390.0),
                (734.0, 560.0),
                (740.0, 700.0),
                (690.0, 772.0),
                (600.0, 770.0),
                (MIDDLE, 760.0),
            ]);
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
                    canvas.fill(
                        ellipse(x, y, 34.0, 40.0),
                        Fill::Linear(
                            (x - 30.0, y),
                            (ink.lighter(0.14), 1.0),
                            (x + 30.0, y + 20.0),
                            (ink.darker(0.25), 1.0),
                        ),
                    );
                }
                canvas.fill(ellipse(MIDDLE + side * 192.0, 1004.0, 22.0, 16.0), Ink(0xd9a441));
            }
        }
        Style::Scarf => {
            let cloth = mirrored(&[
                (MIDDLE, 214.0),
                (628.0, 244.0),
                (716.0, 380.0),
                (726.0, 560.0),
                (716.0, 720.0),
                (760.0, 900.0),
                (690.0, 1010.0),
                (MIDDLE, 1040.0),
            ]);
            canvas.fill(cloth, sheen(ink.darker(0.12)));
        }
        Style::Short | Style::SidePart | Style::Buzz => canvas.fill(ellipse(MIDDLE, 440.0, 182.0, 176.0), sheen(back)),
        Style::Bald => {}
    }
}

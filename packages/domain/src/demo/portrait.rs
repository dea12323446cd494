//! Drawn portraits: flat shapes, warm light from the upper left.

use tiny_skia::Path;

use super::{
    canvas::{Canvas, Fill, HEIGHT, Ink, MIDDLE, card, circle, curve, ellipse, mirrored, rectangle},
    clothes, hair,
};

/// What a person looks like.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) backdrop: (Ink, Ink),
    pub(super) halo: Ink,
    pub(super) skin: Ink,
    pub(super) hair: Ink,
    pub(super) style: hair::Style,
    pub(super) eyes: Ink,
    pub(super) clothes: Ink,
    pub(super) collar: Collar,
    /// 0.85 (narrow) to 1.1 (wide).
    pub(super) jaw: f32,
    pub(super) beard: Beard,
    pub(super) glasses: Option<Ink>,
    pub(super) earrings: Option<Ink>,
    pub(super) lips: Ink,
    pub(super) freckles: bool,
    /// 0 (none) to 1: lines around eyes and mouth.
    pub(super) lines: f32,
    pub(super) smile: Smile,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Collar {
    Crew,
    Open,
    High,
    Jacket(Ink),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Beard {
    None,
    Stubble,
    Full,
    Moustache,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Smile {
    Closed,
    Open,
    Slight,
}

pub(super) fn draw(canvas: &mut Canvas, look: &Look) {
    backdrop(canvas, look);
    hair::behind(canvas, look);
    neck(canvas, look);
    clothes::draw(canvas, look);
    ears(canvas, look);
    let face = face(look);
    canvas.fill(face.clone(), look.skin);
    canvas.within(face, |canvas| {
        shade(canvas, look);
        beard(canvas, look);
    });
    features(canvas, look);
    hair::before(canvas, look);
    if let Some(frame) = look.glasses {
        glasses(canvas, frame);
    }
    if let Some(metal) = look.earrings {
        for side in [-1.0, 1.0] {
            canvas.fill(circle(MIDDLE + side * 180.0, 604.0, 10.0), metal);
            canvas.fill(circle(MIDDLE + side * 180.0 - 3.0, 600.0, 3.5), metal.lighter(0.7));
        }
    }
}

fn backdrop(canvas: &mut Canvas, look: &Look) {
    let (top, bottom) = look.backdrop;
    canvas.background(Fill::Linear((0.0, 0.0), (top, 1.0), (200.0, HEIGHT), (bottom, 1.0)));
    canvas.fill(
        circle(MIDDLE + 20.0, 520.0, 415.0),
        Fill::Radial((400.0, 380.0), 640.0, (look.halo.lighter(0.25), 1.0), (look.halo, 0.55)),
    );
    canvas.fill(circle(MIDDLE + 20.0, 520.0, 340.0), Fill::Plain(look.halo.lighter(0.4), 0.22));
    canvas.background(Fill::Linear((0.0, 900.0), (bottom, 0.0), (0.0, HEIGHT), (bottom.darker(0.5), 0.45)));
}

fn face(look: &Look) -> Option<Path> {
    let jaw = |x: f32| MIDDLE + x * look.jaw;
    mirrored(&[
        (MIDDLE, 300.0),
        (MIDDLE + 92.0, 316.0),
        (MIDDLE + 158.0, 392.0),
        (MIDDLE + 172.0, 500.0),
        (jaw(162.0), 600.0),
        (jaw(126.0), 692.0),
        (jaw(66.0), 748.0),
        (MIDDLE, 762.0),
    ])
}

fn neck(canvas: &mut Canvas, look: &Look) {
    let neck = mirrored(&[
        (MIDDLE, 600.0),
        (MIDDLE + 88.0, 610.0),
        (MIDDLE + 90.0, 760.0),
        (MIDDLE + 118.0, 850.0),
        (MIDDLE + 220.0, 910.0),
        (MIDDLE + 200.0, 1010.0),
        (MIDDLE, 1040.0),
    ]);
    canvas.fill(neck.clone(), look.skin.darker(0.07));
    canvas.within(neck, |canvas| {
        // The shadow of the chin.
        canvas.fill(ellipse(MIDDLE + 14.0, 716.0, 150.0, 118.0), Fill::Plain(look.skin.mix(Ink(0x6b2a1e), 0.45), 0.5));
    });
    canvas.stroke(curve(&[(430.0, 905.0), (470.0, 918.0), (492.0, 940.0)]), look.skin.darker(0.25), 0.35, 5.0);
    canvas.stroke(curve(&[(570.0, 905.0), (530.0, 918.0), (508.0, 940.0)]), look.skin.darker(0.25), 0.35, 5.0);
}

fn ears(canvas: &mut Canvas, look: &Look) {
    for side in [-1.0, 1.0] {
        let x = MIDDLE + side * 176.0;
        canvas.fill(ellipse(x, 548.0, 30.0, 52.0), look.skin.darker(0.05));
        canvas.stroke(
            curve(&[(x + side * 8.0, 520.0), (x + side * 12.0, 548.0), (x - side * 2.0, 572.0)]),
            look.skin.mix(Ink(0x8a3a2a), 0.5),
            0.45,
            6.0,
        );
    }
}

fn shade(canvas: &mut Canvas, look: &Look) {
    let (shadow, blush) = (look.skin.mix(Ink(0x6b2a1e), 0.5), look.skin.mix(Ink(0xe0503c), 0.6));
    canvas.background(Fill::Linear((520.0, 520.0), (shadow, 0.0), (720.0, 600.0), (shadow, 0.34)));
    canvas.background(Fill::Linear((500.0, 300.0), (shadow, 0.3), (500.0, 430.0), (shadow, 0.0)));
    canvas.fill(
        circle(430.0, 430.0, 130.0),
        Fill::Radial((430.0, 430.0), 130.0, (look.skin.lighter(0.5), 0.28), (look.skin, 0.0)),
    );
    for x in [396.0, 604.0] {
        canvas.fill(circle(x, 612.0, 70.0), Fill::Radial((x, 612.0), 70.0, (blush, 0.4), (blush, 0.0)));
    }
    if look.freckles {
        for (x, y) in [
            (382.0, 586.0),
            (404.0, 602.0),
            (420.0, 582.0),
            (396.0, 622.0),
            (436.0, 606.0),
            (580.0, 606.0),
            (596.0, 584.0),
            (616.0, 600.0),
            (604.0, 622.0),
            (572.0, 584.0),
            (488.0, 590.0),
            (516.0, 594.0),
        ] {
            canvas.fill(circle(x, y, 4.2), Fill::Plain(look.skin.mix(Ink(0x9a4a20), 0.7), 0.6));
        }
    }
}

fn beard(canvas: &mut Canvas, look: &Look) {
    let (ink, alpha) = match look.beard {
        Beard::None => return,
        Beard::Stubble => (look.hair, 0.26),
        Beard::Full | Beard::Moustache => (look.hair.lighter(0.05), 1.0),
    };
    if look.beard != Beard::Moustache {
        let beard = mirrored(&[
            (MIDDLE, 646.0),
            (MIDDLE + 58.0, 634.0),
            (MIDDLE + 104.0, 650.0),
            (MIDDLE + 148.0, 590.0),
            (MIDDLE + 196.0, 520.0),
            (MIDDLE + 210.0, 660.0),
            (MIDDLE + 130.0, 790.0),
            (MIDDLE, 800.0),
        ]);
        canvas.fill(beard, Fill::Plain(ink, alpha));
        if look.beard == Beard::Full {
            canvas.background(Fill::Linear(
                (520.0, 600.0),
                (ink.darker(0.5), 0.0),
                (700.0, 720.0),
                (ink.darker(0.5), 0.16),
            ));
        }
    }
    if look.beard != Beard::Stubble {
        let moustache = mirrored(&[
            (MIDDLE, 636.0),
            (MIDDLE + 46.0, 626.0),
            (MIDDLE + 96.0, 662.0),
            (MIDDLE + 60.0, 668.0),
            (MIDDLE, 656.0),
        ]);
        canvas.fill(moustache, look.hair.lighter(0.02));
    }
}

fn features(canvas: &mut Canvas, look: &Look) {
    let crease = look.skin.mix(Ink(0x5a2018), 0.55);
    let brow = if look.style == hair::Style::Scarf { Ink(0x3d261e) } else { look.hair.darker(0.3) };
    for side in [-1.0_f32, 1.0] {
        let at = |x: f32, y: f32| (MIDDLE + side * x, y);
        let (x, _) = at(76.0, 0.0);
        // White, iris, pupil, light; then the lid above.
        let eye = ellipse(x, 540.0, 30.0, 17.0);
        canvas.fill(eye.clone(), Ink(0xfbf4ee));
        canvas.within(eye, |canvas| {
            canvas.fill(circle(x, 538.0, 17.0), look.eyes);
            canvas.fill(circle(x, 538.0, 8.5), Ink(0x17101a));
            canvas.fill(circle(x - 6.0, 531.0, 5.0), Ink(0xffffff));
            canvas.fill(rectangle(x - 40.0, 515.0, 80.0, 13.0), Fill::Plain(crease.darker(0.4), 0.35));
        });
        canvas.stroke(
            curve(&[at(44.0, 544.0), at(58.0, 528.0), at(80.0, 522.0), at(100.0, 531.0), at(111.0, 541.0)]),
            crease.darker(0.6),
            0.95,
            7.0,
        );
        canvas.stroke(curve(&[at(50.0, 518.0), at(78.0, 506.0), at(106.0, 520.0)]), crease, 0.35, 5.0);
        canvas.stroke(curve(&[at(40.0, 484.0), at(72.0, 468.0), at(104.0, 470.0), at(124.0, 484.0)]), brow, 0.88, 13.0);
        if look.lines > 0.0 {
            canvas.stroke(curve(&[at(124.0, 536.0), at(140.0, 530.0)]), crease, 0.6 * look.lines, 4.0);
            canvas.stroke(curve(&[at(124.0, 548.0), at(142.0, 550.0)]), crease, 0.6 * look.lines, 4.0);
            canvas.stroke(curve(&[at(62.0, 612.0), at(90.0, 640.0), at(98.0, 674.0)]), crease, 0.55 * look.lines, 5.0);
            canvas.stroke(curve(&[at(48.0, 574.0), at(76.0, 582.0), at(102.0, 574.0)]), crease, 0.35 * look.lines, 4.0);
        }
    }
    if look.lines > 0.5 {
        canvas.stroke(curve(&[(430.0, 408.0), (500.0, 400.0), (570.0, 408.0)]), crease, 0.25 * look.lines, 4.0);
    }
    canvas.stroke(
        curve(&[(506.0, 548.0), (520.0, 588.0), (524.0, 606.0), (506.0, 618.0), (484.0, 614.0)]),
        crease,
        0.65,
        7.0,
    );
    mouth(canvas, look, crease);
}

fn mouth(canvas: &mut Canvas, look: &Look, crease: Ink) {
    match look.smile {
        Smile::Open => {
            let lips = mirrored(&[
                (MIDDLE, 664.0),
                (MIDDLE + 40.0, 660.0),
                (MIDDLE + 74.0, 654.0),
                (MIDDLE + 48.0, 694.0),
                (MIDDLE, 710.0),
            ]);
            canvas.fill(lips.clone(), Ink(0x7a2430));
            canvas.within(lips.clone(), |canvas| canvas.fill(ellipse(MIDDLE, 660.0, 62.0, 22.0), Ink(0xfdf8f2)));
            canvas.stroke(lips, look.lips, 1.0, 9.0);
        }
        Smile::Closed | Smile::Slight => {
            let rise = if look.smile == Smile::Closed { 24.0 } else { 12.0 };
            let half = if look.smile == Smile::Closed { 66.0 } else { 54.0 };
            let lower = mirrored(&[
                (MIDDLE, 676.0),
                (MIDDLE + half * 0.55, 674.0),
                (MIDDLE + half * 0.8, 670.0),
                (MIDDLE + half * 0.5, 696.0),
                (MIDDLE, 702.0),
            ]);
            canvas.fill(lower, Fill::Plain(look.lips, 0.9));
            let upper = mirrored(&[
                (MIDDLE, 664.0),
                (MIDDLE + 20.0, 658.0),
                (MIDDLE + half * 0.9, 672.0),
                (MIDDLE + half * 0.4, 680.0),
                (MIDDLE, 680.0),
            ]);
            canvas.fill(upper, look.lips.darker(0.12));
            let line =
                [(-half, 680.0 - rise), (-half * 0.5, 677.0), (0.0, 681.0), (half * 0.5, 677.0), (half, 680.0 - rise)];
            canvas.stroke(curve(&line.map(|(x, y)| (MIDDLE + x, y))), crease.darker(0.35), 0.85, 6.0);
        }
    }
}

fn glasses(canvas: &mut Canvas, frame: Ink) {
    for side in [-1.0, 1.0] {
        let x = MIDDLE + side * 78.0;
        let lens = card(x - 62.0, 494.0, 124.0, 96.0, 42.0, 0.0);
        canvas.fill(
            lens.clone(),
            Fill::Linear((x - 50.0, 494.0), (Ink(0xffffff), 0.28), (x + 50.0, 590.0), (Ink(0xffffff), 0.04)),
        );
        canvas.stroke(lens, frame, 1.0, 10.0);
        canvas.stroke(curve(&[(x + side * 62.0, 528.0), (x + side * 104.0, 522.0)]), frame, 1.0, 9.0);
    }
    canvas.stroke(curve(&[(484.0, 530.0), (500.0, 522.0), (516.0, 530.0)]), frame, 1.0, 9.0);
}

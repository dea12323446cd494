//! Drawing: shapes with soft edges, over tiny-skia. A canvas is 1000 × 1250 points, whatever its pixels.

use image::{DynamicImage, ImageFormat, RgbaImage};
use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Path, PathBuilder, Pixmap, Point,
    RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

pub(super) const WIDTH: f32 = 1000.0;
pub(super) const HEIGHT: f32 = 1250.0;
pub(super) const MIDDLE: f32 = WIDTH / 2.0;

/// A colour as `0xRRGGBB`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink(pub(super) u32);

impl Ink {
    fn channels(self) -> [f32; 3] {
        [16, 8, 0].map(|shift| f32::from(u8::try_from((self.0 >> shift) & 0xff).unwrap_or(0)) / 255.0)
    }

    /// Between this (0) and `other` (1).
    pub(super) fn mix(self, other: Self, part: f32) -> Self {
        let ([r, g, b], [s, t, u]) = (self.channels(), other.channels());
        let byte = |from: f32, to: f32| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let byte = ((from + (to - from) * part.clamp(0.0, 1.0)) * 255.0).round() as u32;
            byte
        };
        Self(byte(r, s) << 16 | byte(g, t) << 8 | byte(b, u))
    }

    pub(super) fn darker(self, part: f32) -> Self {
        self.mix(Self(0x1a1020), part)
    }

    pub(super) fn lighter(self, part: f32) -> Self {
        self.mix(Self(0xfff6ea), part)
    }

    fn color(self, alpha: f32) -> Color {
        let [r, g, b] = self.channels();
        Color::from_rgba(r, g, b, alpha.clamp(0.0, 1.0)).unwrap_or(Color::BLACK)
    }
}

/// How a shape is filled; each ink with its alpha.
#[derive(Clone, Copy)]
pub(super) enum Fill {
    Plain(Ink, f32),
    /// From one point to another.
    Linear((f32, f32), (Ink, f32), (f32, f32), (Ink, f32)),
    /// From a centre out to a radius.
    Radial((f32, f32), f32, (Ink, f32), (Ink, f32)),
}

impl From<Ink> for Fill {
    fn from(ink: Ink) -> Self {
        Self::Plain(ink, 1.0)
    }
}

impl Fill {
    fn shader(self) -> Option<Shader<'static>> {
        let stops = |(from, alpha): (Ink, f32), (to, end): (Ink, f32)| {
            vec![GradientStop::new(0.0, from.color(alpha)), GradientStop::new(1.0, to.color(end))]
        };
        let point = |(x, y): (f32, f32)| Point::from_xy(x, y);
        match self {
            Self::Plain(ink, alpha) => Some(Shader::SolidColor(ink.color(alpha))),
            Self::Linear(start, from, end, to) => {
                LinearGradient::new(point(start), point(end), stops(from, to), SpreadMode::Pad, Transform::identity())
            }
            Self::Radial(centre, radius, from, to) => {
                let centre = point(centre);
                RadialGradient::new(
                    centre,
                    0.0,
                    centre,
                    radius,
                    stops(from, to),
                    SpreadMode::Pad,
                    Transform::identity(),
                )
            }
        }
    }
}

pub(super) struct Canvas {
    pixmap: Pixmap,
    scale: f32,
    clip: Option<Mask>,
}

impl Canvas {
    /// Nothing for sizes that make no image.
    pub(super) fn new(width: u32) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "widths are small")]
        let scale = width as f32 / WIDTH;
        Some(Self { pixmap: Pixmap::new(width, width / 4 * 5)?, scale, clip: None })
    }

    fn transform(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale)
    }

    pub(super) fn fill(&mut self, path: Option<Path>, fill: impl Into<Fill>) {
        let (Some(path), Some(shader)) = (path, fill.into().shader()) else { return };
        let paint = Paint { shader, ..Paint::default() };
        let transform = self.transform();
        self.pixmap.fill_path(&path, &paint, FillRule::Winding, transform, self.clip.as_ref());
    }

    pub(super) fn stroke(&mut self, path: Option<Path>, ink: Ink, alpha: f32, width: f32) {
        let Some(path) = path else { return };
        let paint = Paint { shader: Shader::SolidColor(ink.color(alpha)), ..Paint::default() };
        let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        let transform = self.transform();
        self.pixmap.stroke_path(&path, &paint, &stroke, transform, self.clip.as_ref());
    }

    /// Draws only within `path`.
    pub(super) fn within(&mut self, path: Option<Path>, draw: impl FnOnce(&mut Self)) {
        let mask = path.and_then(|path| {
            let mut mask = Mask::new(self.pixmap.width(), self.pixmap.height())?;
            mask.fill_path(&path, FillRule::Winding, true, self.transform());
            Some(mask)
        });
        let outer = std::mem::replace(&mut self.clip, mask);
        draw(self);
        self.clip = outer;
    }

    pub(super) fn background(&mut self, fill: impl Into<Fill>) {
        self.fill(rectangle(0.0, 0.0, WIDTH, HEIGHT), fill);
    }

    /// The picture as a JPEG.
    pub(super) fn into_jpeg(self) -> Option<Vec<u8>> {
        let (width, height) = (self.pixmap.width(), self.pixmap.height());
        let picture = DynamicImage::from(RgbaImage::from_raw(width, height, self.pixmap.take())?);
        let mut file = std::io::Cursor::new(Vec::new());
        DynamicImage::from(picture.into_rgb8()).write_to(&mut file, ImageFormat::Jpeg).ok()?;
        Some(file.into_inner())
    }
}

pub(super) fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Option<Path> {
    PathBuilder::from_oval(Rect::from_xywh(x - rx, y - ry, rx * 2.0, ry * 2.0)?)
}

pub(super) fn circle(x: f32, y: f32, radius: f32) -> Option<Path> {
    ellipse(x, y, radius, radius)
}

pub(super) fn rectangle(x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    Some(PathBuilder::from_rect(Rect::from_xywh(x, y, width, height)?))
}

/// A rectangle with round corners, turned by `degrees` about its centre.
pub(super) fn card(x: f32, y: f32, width: f32, height: f32, round: f32, degrees: f32) -> Option<Path> {
    let (right, bottom) = (x + width, y + height);
    let mut path = PathBuilder::new();
    path.move_to(x + round, y);
    path.line_to(right - round, y);
    path.quad_to(right, y, right, y + round);
    path.line_to(right, bottom - round);
    path.quad_to(right, bottom, right - round, bottom);
    path.line_to(x + round, bottom);
    path.quad_to(x, bottom, x, bottom - round);
    path.line_to(x, y + round);
    path.quad_to(x, y, x + round, y);
    path.close();
    path.finish()?.transform(Transform::from_rotate_at(degrees, x + width / 2.0, y + height / 2.0))
}

/// A closed line of straight parts.
pub(super) fn polygon(points: &[(f32, f32)]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path.close();
    path.finish()
}

/// A closed, smooth line through all points (a Catmull-Rom spline).
pub(super) fn blob(points: &[(f32, f32)]) -> Option<Path> {
    smooth(points, true)
}

/// An open, smooth line through all points.
pub(super) fn curve(points: &[(f32, f32)]) -> Option<Path> {
    smooth(points, false)
}

fn smooth(points: &[(f32, f32)], is_closed: bool) -> Option<Path> {
    let count = points.len();
    let last = count.checked_sub(1)?;
    let at = |index: isize| {
        let length = isize::try_from(count).unwrap_or(1);
        let index = if is_closed { index.rem_euclid(length) } else { index.clamp(0, length - 1) };
        usize::try_from(index).ok().and_then(|index| points.get(index)).copied().unwrap_or_default()
    };
    let mut path = PathBuilder::new();
    let (x, y) = at(0);
    path.move_to(x, y);
    for index in 0..if is_closed { count } else { last } {
        let index = isize::try_from(index).ok()?;
        let (before, from, to, after) = (at(index - 1), at(index), at(index + 1), at(index + 2));
        path.cubic_to(
            from.0 + (to.0 - before.0) / 6.0,
            from.1 + (to.1 - before.1) / 6.0,
            to.0 - (after.0 - from.0) / 6.0,
            to.1 - (after.1 - from.1) / 6.0,
            to.0,
            to.1,
        );
    }
    if is_closed {
        path.close();
    }
    path.finish()
}

/// The right half of a shape and its mirror image, about the vertical middle; points from top to bottom.
pub(super) fn mirrored(right: &[(f32, f32)]) -> Option<Path> {
    let left = right.iter().rev().filter(|(x, _)| (x - MIDDLE).abs() > 0.5).map(|&(x, y)| (WIDTH - x, y));
    blob(&right.iter().copied().chain(left).collect::<Vec<_>>())
}

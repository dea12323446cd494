//! Who lives in the demo. All made up.

use super::{
    canvas::Ink,
    hair::Style,
    portrait::{Beard, Collar, Look, Smile},
    scene::{Scene, Subject},
};

/// One demo person. The email is the name in lower case at `balloond.example`.
pub(super) struct DemoPerson {
    pub(super) name: &'static str,
    pub(super) age: i16,
    pub(super) bio: &'static str,
    pub(super) interests: &'static [&'static str],
    pub(super) look: Look,
    pub(super) scenes: &'static [Scene],
}

impl DemoPerson {
    pub(super) fn email(&self) -> String {
        format!("{}@balloond.example", self.name.to_lowercase())
    }
}

const DUSK: Scene = Scene {
    subject: Subject::Mountains,
    top: Ink(0x3c5a80),
    bottom: Ink(0xf3b391),
    glow: Ink(0xffd9a0),
    near: Ink(0x2a2f4a),
    turn: 0.7,
};
const MORNING: Scene = Scene {
    subject: Subject::Mountains,
    top: Ink(0x7fb0c4),
    bottom: Ink(0xf6e3c5),
    glow: Ink(0xfff0c0),
    near: Ink(0x2f5a58),
    turn: 2.4,
};
const EVENING_SEA: Scene = Scene {
    subject: Subject::Coast,
    top: Ink(0x4a4f86),
    bottom: Ink(0xf4a988),
    glow: Ink(0xffd090),
    near: Ink(0x26345c),
    turn: 0.7,
};
const BRIGHT_SEA: Scene = Scene {
    subject: Subject::Coast,
    top: Ink(0x6fb4d0),
    bottom: Ink(0xf3ead2),
    glow: Ink(0xfff2c4),
    near: Ink(0x1f6a80),
    turn: 1.9,
};
const NIGHT_CITY: Scene = Scene {
    subject: Subject::City,
    top: Ink(0x1d2246),
    bottom: Ink(0x7a4a6e),
    glow: Ink(0xf7c56b),
    near: Ink(0x141a33),
    turn: 1.3,
};
const ROSE_CITY: Scene = Scene {
    subject: Subject::City,
    top: Ink(0x3b3566),
    bottom: Ink(0xd98572),
    glow: Ink(0xffd68c),
    near: Ink(0x2a2340),
    turn: 5.2,
};
const CAMP: Scene = Scene {
    subject: Subject::Forest,
    top: Ink(0x2d4a5c),
    bottom: Ink(0xe3b48c),
    glow: Ink(0xffd08a),
    near: Ink(0x12302f),
    turn: 0.4,
};
const FLIGHT: Scene = Scene {
    subject: Subject::Balloons,
    top: Ink(0x5d86a8),
    bottom: Ink(0xf8cfa8),
    glow: Ink(0xffdfa8),
    near: Ink(0x3a3f5c),
    turn: 0.7,
};
const COFFEE: Scene = Scene {
    subject: Subject::Coffee,
    top: Ink(0xb98258),
    bottom: Ink(0x8f5c3a),
    glow: Ink(0x3f6f73),
    near: Ink(0x4a2b1c),
    turn: 0.4,
};
const COFFEE_ON_GREEN: Scene = Scene {
    subject: Subject::Coffee,
    top: Ink(0x7f9478),
    bottom: Ink(0x5c715c),
    glow: Ink(0xc9563f),
    near: Ink(0x2c3a2f),
    turn: 1.4,
};
const RECORDS: Scene = Scene {
    subject: Subject::Records,
    top: Ink(0xe8c9a0),
    bottom: Ink(0xd9a679),
    glow: Ink(0xd9573f),
    near: Ink(0x5a3a2c),
    turn: 0.4,
};
const RECORDS_BY_NIGHT: Scene = Scene {
    subject: Subject::Records,
    top: Ink(0x3a4a5e),
    bottom: Ink(0x5b6470),
    glow: Ink(0xe0a33e),
    near: Ink(0x2b2430),
    turn: 0.4,
};
const PLANTS: Scene = Scene {
    subject: Subject::Plants,
    top: Ink(0xf0dcc2),
    bottom: Ink(0xe3c19c),
    glow: Ink(0xf6b26b),
    near: Ink(0x3d5f63),
    turn: 0.9,
};
const PLANTS_IN_BLUE: Scene = Scene {
    subject: Subject::Plants,
    top: Ink(0xc9d6d6),
    bottom: Ink(0xa9bfc2),
    glow: Ink(0xf3d08e),
    near: Ink(0x35566a),
    turn: 2.6,
};

const BLACK: Ink = Ink(0x241c20);
const GOLD: Ink = Ink(0xdcae52);

/// What most looks share.
const PLAIN: Look = Look {
    backdrop: (Ink(0xf6c9a0), Ink(0xd97b66)),
    halo: Ink(0xfbe3c0),
    skin: Ink(0xeec1a0),
    hair: BLACK,
    style: Style::Short,
    eyes: Ink(0x5a3d28),
    clothes: Ink(0x2f5d62),
    collar: Collar::Crew,
    jaw: 1.0,
    beard: Beard::None,
    glasses: None,
    earrings: None,
    lips: Ink(0xb8655c),
    freckles: false,
    lines: 0.0,
    smile: Smile::Closed,
};

pub(super) const PEOPLE: &[DemoPerson] = &[
    DemoPerson {
        name: "Ada",
        age: 34,
        bio: "Bridge engineer, early swimmer, slow reader.\n\nI draw bridges for a living and cross them on foot on Sundays. Looking for somebody who can be silent in a museum and loud at a kitchen table.",
        interests: &["swimming", "architecture", "museums", "cooking", "crosswords"],
        look: Look {
            style: Style::Wavy,
            hair: Ink(0x8a3f26),
            eyes: Ink(0x4f7a5a),
            glasses: Some(Ink(0x3a2a2c)),
            freckles: true,
            jaw: 0.95,
            ..PLAIN
        },
        scenes: &[BRIGHT_SEA, COFFEE],
    },
    DemoPerson {
        name: "Mateo",
        age: 38,
        bio: "I restore old radios and listen to what they still pick up.\n\nFather of a nine-year-old every other week. Happiest with a screwdriver, a pot on the stove and time.",
        interests: &["vinyl", "radio", "cooking", "cycling"],
        look: Look {
            style: Style::SidePart,
            hair: Ink(0x2e2220),
            skin: Ink(0xd8a078),
            beard: Beard::Full,
            collar: Collar::Open,
            clothes: Ink(0x7a4b3a),
            jaw: 1.04,
            backdrop: (Ink(0xa9c5c0), Ink(0x4f7f86)),
            halo: Ink(0xdceae0),
            lips: Ink(0xa86552),
            ..PLAIN
        },
        scenes: &[RECORDS, EVENING_SEA],
    },
    DemoPerson {
        name: "Noor",
        age: 29,
        bio: "Paediatric nurse on nights, gardener on days off.\n\nMy balcony has more tomatoes than I have friends, which is a statement about the tomatoes. Ask me about the one that got away.",
        interests: &["gardening", "poetry", "hiking", "baking"],
        look: Look {
            style: Style::Scarf,
            hair: Ink(0x3f6f86),
            skin: Ink(0xdfae86),
            clothes: Ink(0xe2d3bd),
            collar: Collar::Crew,
            jaw: 0.93,
            backdrop: (Ink(0xf2d9b8), Ink(0xd9a06a)),
            halo: Ink(0xfdf0d8),
            lips: Ink(0xba6a60),
            smile: Smile::Slight,
            ..PLAIN
        },
        scenes: &[PLANTS, MORNING],
    },
    DemoPerson {
        name: "Ingrid",
        age: 52,
        bio: "Ferry captain. Yes, the big ones.\n\nTwo grown children, one patient dog. I know every harbour café between here and Bergen and would like somebody to argue with about which is best.",
        interests: &["sailing", "dogs", "knitting", "jazz"],
        look: Look {
            style: Style::Long,
            hair: Ink(0xc9bda8),
            skin: Ink(0xf2cdb2),
            eyes: Ink(0x5a86a0),
            clothes: Ink(0x27406b),
            collar: Collar::High,
            lines: 0.75,
            backdrop: (Ink(0xb4cbd8), Ink(0x5c7f9c)),
            halo: Ink(0xe2edf2),
            earrings: Some(Ink(0xd5d9de)),
            jaw: 0.98,
            ..PLAIN
        },
        scenes: &[EVENING_SEA],
    },
    DemoPerson {
        name: "Kofi",
        age: 41,
        bio: "I teach physics to fifteen-year-olds, so nothing you say will surprise me.\n\nMarathons, slowly. Jollof, seriously. My telescope and I are looking for company on clear nights.",
        interests: &["running", "astronomy", "cooking", "football"],
        look: Look {
            style: Style::Buzz,
            hair: Ink(0x1f1a1c),
            skin: Ink(0x7a4a2e),
            glasses: Some(Ink(0x1d181c)),
            beard: Beard::Stubble,
            collar: Collar::Jacket(Ink(0xf0e8da)),
            clothes: Ink(0x38415e),
            backdrop: (Ink(0xf0c27a), Ink(0xc77f3e)),
            halo: Ink(0xfbe2ac),
            lips: Ink(0x8a4a40),
            smile: Smile::Open,
            jaw: 1.05,
            ..PLAIN
        },
        scenes: &[NIGHT_CITY, FLIGHT],
    },
    DemoPerson {
        name: "Yuki",
        age: 31,
        bio: "Bookbinder with ink on at least one finger.\n\nI like trains more than destinations, soup more than salad, and letters more than calls. This seems to be a good place for letters.",
        interests: &["books", "trains", "ceramics", "film"],
        look: Look {
            style: Style::Bob,
            hair: Ink(0x1d1a22),
            skin: Ink(0xf1cfaf),
            clothes: Ink(0xb5493c),
            collar: Collar::High,
            jaw: 0.92,
            eyes: Ink(0x33231c),
            backdrop: (Ink(0xd9d2e4), Ink(0x8d80ac)),
            halo: Ink(0xf1ecf6),
            lips: Ink(0xb95f62),
            smile: Smile::Slight,
            ..PLAIN
        },
        scenes: &[COFFEE_ON_GREEN, ROSE_CITY],
    },
    DemoPerson {
        name: "Samir",
        age: 36,
        bio: "Sound engineer. I will notice the hum in your fridge.\n\nMoved here three years ago, still finding the good bakeries. I listen well; it is, after all, the job.",
        interests: &["music", "vinyl", "baking", "climbing"],
        look: Look {
            style: Style::Curls,
            hair: Ink(0x2a1e1c),
            skin: Ink(0xcf9a70),
            beard: Beard::Stubble,
            clothes: Ink(0x56704e),
            collar: Collar::Crew,
            jaw: 1.02,
            backdrop: (Ink(0xcfd8b4), Ink(0x7d9463)),
            halo: Ink(0xeff3dc),
            lips: Ink(0xa8604f),
            ..PLAIN
        },
        scenes: &[RECORDS_BY_NIGHT, CAMP],
    },
    DemoPerson {
        name: "Rosa",
        age: 67,
        bio: "Retired judge, practising grandmother, beginner at tango.\n\nI have heard every excuse and still like people. Widowed for six years; ready for somebody to have breakfast with.",
        interests: &["tango", "opera", "gardening", "crosswords"],
        look: Look {
            style: Style::Bun,
            hair: Ink(0xb9b2ae),
            skin: Ink(0xe6b691),
            clothes: Ink(0x8d3a52),
            collar: Collar::Jacket(Ink(0xf3e6d4)),
            lines: 1.0,
            glasses: Some(Ink(0x8c5a3a)),
            earrings: Some(GOLD),
            backdrop: (Ink(0xf3cfc4), Ink(0xc98478)),
            halo: Ink(0xfde9e0),
            smile: Smile::Open,
            ..PLAIN
        },
        scenes: &[PLANTS_IN_BLUE],
    },
    DemoPerson {
        name: "Tomasz",
        age: 45,
        bio: "Carpenter. Most of my furniture leans a little, like me.\n\nDivorced, on good terms, with half a cat. I make a table for eight and usually sit at it alone. That could change.",
        interests: &["woodworking", "hiking", "chess", "cats"],
        look: Look {
            style: Style::Bald,
            hair: Ink(0x6a4a34),
            skin: Ink(0xeebd9c),
            beard: Beard::Full,
            eyes: Ink(0x5c7f92),
            clothes: Ink(0x9a3f34),
            collar: Collar::Open,
            jaw: 1.08,
            lines: 0.4,
            backdrop: (Ink(0xe2d2b8), Ink(0xa98a60)),
            halo: Ink(0xf8efdc),
            lips: Ink(0xb06a5c),
            ..PLAIN
        },
        scenes: &[CAMP, DUSK],
    },
    DemoPerson {
        name: "Amara",
        age: 27,
        bio: "PhD in soil. It is more romantic than it sounds.\n\nDancer before that, and in every kitchen since. Tell me what you are reading, and whether you fold the corners.",
        interests: &["dancing", "books", "hiking", "photography"],
        look: Look {
            style: Style::Afro,
            hair: Ink(0x2b1c1a),
            skin: Ink(0x8c5634),
            earrings: Some(GOLD),
            clothes: Ink(0xe0a33e),
            collar: Collar::Crew,
            jaw: 0.94,
            backdrop: (Ink(0xf3b7a0), Ink(0xc5585a)),
            halo: Ink(0xfcdcc8),
            lips: Ink(0x9c4650),
            smile: Smile::Open,
            ..PLAIN
        },
        scenes: &[FLIGHT, MORNING],
    },
    DemoPerson {
        name: "Elliot",
        age: 33,
        bio: "They/them. I write the little texts on museum walls.\n\nFifty words to say what matters: good practice for this place. I cycle everywhere and arrive slightly late and very happy.",
        interests: &["museums", "cycling", "poetry", "board games"],
        look: Look {
            style: Style::Short,
            hair: Ink(0xb8592e),
            skin: Ink(0xf5d2ba),
            freckles: true,
            eyes: Ink(0x4c7d86),
            clothes: Ink(0x35324c),
            collar: Collar::Jacket(Ink(0xe8c35a)),
            jaw: 0.96,
            earrings: Some(Ink(0xd5d9de)),
            backdrop: (Ink(0xbfd9cf), Ink(0x5f9a8c)),
            halo: Ink(0xe6f3ec),
            lips: Ink(0xc06c66),
            ..PLAIN
        },
        scenes: &[ROSE_CITY],
    },
    DemoPerson {
        name: "Leila",
        age: 48,
        bio: "I cook for forty every night, so at home I want to be cooked for.\n\nRuns a small restaurant with a loud kitchen. Loves the sea in winter, bad puns, and people who are kind to waiters.",
        interests: &["cooking", "swimming", "film", "travel"],
        look: Look {
            style: Style::Braids,
            hair: Ink(0x3c2a28),
            skin: Ink(0xc98f64),
            clothes: Ink(0x226a66),
            collar: Collar::Open,
            lines: 0.45,
            earrings: Some(GOLD),
            backdrop: (Ink(0xf4d58c), Ink(0xd79a4a)),
            halo: Ink(0xfdf0c8),
            lips: Ink(0xa4504c),
            jaw: 0.99,
            ..PLAIN
        },
        scenes: &[BRIGHT_SEA, NIGHT_CITY],
    },
];

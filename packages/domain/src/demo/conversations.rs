//! What the demo's people have said to each other. All made up.

/// A balloon that waits, from one person to another.
pub(super) struct DemoBalloon {
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) note: &'static str,
    pub(super) hours_ago: i64,
}

/// A balloon that was caught, and what followed.
pub(super) struct DemoChat {
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) note: &'static str,
    /// When the note was sent.
    pub(super) hours_ago: i64,
    /// Who, how many minutes after the message before, and what.
    pub(super) messages: &'static [(&'static str, i64, &'static str)],
    /// Messages at the end that the one who did not write the last of them has not read.
    pub(super) unread: i64,
}

pub(super) const BALLOONS: &[DemoBalloon] = &[
    DemoBalloon {
        from: "Samir",
        to: "Ada",
        note: "You cross bridges on Sundays; I record how they sound. There is one here that hums an almost perfect G when the wind is right. Shall I show you which?",
        hours_ago: 5,
    },
    DemoBalloon {
        from: "Elliot",
        to: "Ada",
        note: "Silent in a museum is my whole profession. Loud at a kitchen table I could learn.",
        hours_ago: 27,
    },
    DemoBalloon {
        from: "Ada",
        to: "Yuki",
        note: "I have a 1931 atlas of railway bridges with a broken spine. I suspect you are the only person here who would mend it and read it.",
        hours_ago: 9,
    },
    DemoBalloon {
        from: "Tomasz",
        to: "Rosa",
        note: "I make tables for eight. You know a thing or two about breakfast. It seems a waste to keep these apart.",
        hours_ago: 14,
    },
    DemoBalloon {
        from: "Amara",
        to: "Noor",
        note: "About the tomato that got away: as a soil scientist I feel partly responsible. Tell me everything.",
        hours_ago: 3,
    },
];

pub(super) const CHATS: &[DemoChat] = &[
    DemoChat {
        from: "Kofi",
        to: "Leila",
        note: "I cook one dish, but I cook it for whoever is tired of cooking. It is jollof, and I will not be taking questions about the rice.",
        hours_ago: 75,
        messages: &[
            ("Leila", 190, "I have one question about the rice."),
            ("Kofi", 4, "Of course you do."),
            ("Leila", 2, "Do you let it catch at the bottom?"),
            ("Kofi", 1, "I am a serious person. Yes."),
            ("Leila", 6, "Monday is my day off. I will bring the wine and keep my hands behind my back."),
        ],
        unread: 0,
    },
    DemoChat {
        from: "Ada",
        to: "Noor",
        note: "Your tomatoes made me laugh on a very full tram. How many is too many for a balcony? Asking as an engineer.",
        hours_ago: 52,
        messages: &[
            ("Noor", 340, "Eleven is too many. I have fourteen."),
            ("Ada", 12, "What does the balcony carry? Actually, don't tell me. I will lie awake."),
            ("Noor", 3, "The neighbour below has started to bring a hat."),
            ("Ada", 8, "I could come and look at it, purely professionally."),
            ("Noor", 620, "Just off a night shift. Saturday, after I have slept? Payment in tomatoes."),
            ("Ada", 25, "Saturday. I will bring a hat."),
        ],
        unread: 0,
    },
    DemoChat {
        from: "Mateo",
        to: "Ada",
        note: "You said loud at a kitchen table. Mine has four chairs, two opinions about garlic and a radio from 1958 that only plays at dinner.",
        hours_ago: 30,
        messages: &[
            ("Ada", 95, "Which two opinions? I need to know what I am walking into."),
            ("Mateo", 6, "Mine: more. My son's: none, ever, it is a poison."),
            ("Ada", 2, "He is nine, I read. He may come round."),
            ("Mateo", 3, "He has held this position since he was four."),
            ("Ada", 11, "I respect consistency. And the radio?"),
            (
                "Mateo",
                4,
                "A Nordmende, valves, warm as a cat. It takes a minute to wake up, then it finds a station in Lisbon that I cannot get on anything newer.",
            ),
            ("Ada", 480, "I drew a footbridge today and kept thinking about a radio that needs a minute to wake up."),
            ("Mateo", 35, "That is the nicest thing anybody has said about it."),
            ("Mateo", 1, "Are you free on Thursday? It is not my week, so there will be garlic."),
        ],
        unread: 2,
    },
];

//! When to ask for what was missed: one question at a time, again when more was missed meanwhile, later when nobody answered.
//! Pure: whoever drives it does the asking and the waiting.

/// How one chat's catching up stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CatchUp {
    is_under_way: bool,
    /// Something was missed after the question that is under way was asked.
    is_wanted_again: bool,
    /// Nobody answered, and the question is put off.
    is_put_off: bool,
    failures: u32,
}

/// What follows an answer, or the want of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Rest,
    AskNow,
    /// Ask after the wait before this attempt, or when there is a connection again, if [`CatchUp::resume`] still says so.
    AskLater(u32),
}

impl CatchUp {
    /// Something may be missing. True: ask now; else a question is under way already.
    #[must_use]
    pub const fn want(&mut self) -> bool {
        self.is_wanted_again = self.is_under_way;
        let asks = !self.is_under_way;
        self.is_under_way = true;
        asks
    }

    /// The wait is over, or needless. True: ask now; else that was done already.
    #[must_use]
    pub const fn resume(&mut self) -> bool {
        std::mem::replace(&mut self.is_put_off, false)
    }

    /// The question is over, answered or not; `has_gap`: something is missing still.
    #[must_use]
    pub const fn over(&mut self, is_answered: bool, has_gap: bool) -> Next {
        if !is_answered {
            let attempt = self.failures;
            self.failures = self.failures.saturating_add(1);
            self.is_put_off = true;
            return Next::AskLater(attempt);
        }
        self.failures = 0;
        if self.is_wanted_again || has_gap {
            self.is_wanted_again = false;
            return Next::AskNow;
        }
        self.is_under_way = false;
        Next::Rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_question_at_a_time_and_another_for_what_was_missed_meanwhile() {
        let mut catch_up = CatchUp::default();
        assert!(catch_up.want());
        assert!(!catch_up.want());
        assert_eq!(catch_up.over(true, false), Next::AskNow);
        assert_eq!(catch_up.over(true, true), Next::AskNow);
        assert_eq!(catch_up.over(true, false), Next::Rest);
        assert!(catch_up.want());
    }

    #[test]
    fn without_an_answer_it_asks_again_ever_later() {
        let mut catch_up = CatchUp::default();
        assert!(catch_up.want());
        assert_eq!(catch_up.over(false, false), Next::AskLater(0));
        assert!(!catch_up.want(), "it will be asked anyway");
        assert!(catch_up.resume(), "there is a connection again");
        assert!(!catch_up.resume(), "the wait is over too, and it was asked already");
        assert_eq!(catch_up.over(false, true), Next::AskLater(1));
        assert_eq!(catch_up.over(true, false), Next::AskNow);
        assert_eq!(catch_up.over(true, false), Next::Rest);
    }
}

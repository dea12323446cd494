//! Many calls, one deed.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::set_timeout;

/// Does its deed a while after the first of many calls: at most once in that while, and never late for good.
pub struct Debounce {
    wait: Duration,
    pending: Rc<Cell<bool>>,
    deed: Rc<dyn Fn()>,
}

impl Debounce {
    #[must_use]
    pub fn new(wait_ms: u64, deed: impl Fn() + 'static) -> Self {
        Self { wait: Duration::from_millis(wait_ms), pending: Rc::default(), deed: Rc::new(deed) }
    }

    pub fn call(&self) {
        if self.pending.replace(true) {
            return;
        }
        let (pending, deed) = (self.pending.clone(), self.deed.clone());
        set_timeout(
            move || {
                pending.set(false);
                deed();
            },
            self.wait,
        );
    }
}

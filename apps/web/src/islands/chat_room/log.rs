//! The messages of an open chat.

use balloond_shared::ClientId;
use leptos::prelude::*;
use web_sys::Element;

use super::room::Room;
use crate::{
    bubbles::{Bubble, anchor},
    components::bubble::{Mark, mark_html, trouble_html},
};

const ENTRY: &str = ".entry";

/// What stands in the log, oldest first.
#[derive(Default)]
pub struct Shown {
    entries: Vec<(Bubble, Element)>,
    marks: Vec<(ClientId, Mark)>,
}

impl Room {
    /// The server drew an entry for each bubble of the beginning.
    pub fn adopt_log(&self) {
        let (bubbles, marks) = self.talk.with_untracked(|talk| (talk.bubbles(), talk.marks()));
        let mut place = self.drawn.part(ENTRY);
        let entries = bubbles.into_iter().filter_map(|bubble| {
            let entry = place.take()?;
            place = entry.next_element_sibling();
            Some((bubble, entry))
        });
        self.shown.replace(Shown { entries: entries.collect(), marks });
    }

    /// Entries that did not change stay where they are, with the focus and the selection in them.
    pub fn draw_log(&self) {
        self.talk.with(|talk| {
            let marks = talk.marks();
            let mut shown = self.shown.borrow_mut();
            let mut before: Vec<_> = shown.entries.drain(..).map(Some).collect();
            // They mostly come in the order in which they stand, so the search begins where the last one ended.
            let mut first = 0;
            let mut stands = |bubble: &Bubble| {
                let is_it =
                    |entry: &Option<(Bubble, Element)>| entry.as_ref().is_some_and(|(shown, _)| shown == bubble);
                let at = first + before.get(first..)?.iter().position(is_it)?;
                let (_, entry) = before.get_mut(at)?.take()?;
                first += before.get(first..)?.iter().take_while(|entry| entry.is_none()).count();
                Some(entry)
            };
            let bubbles: Vec<_> = talk.bubbles().into_iter().map(|bubble| (stands(&bubble), bubble)).collect();
            before.into_iter().flatten().for_each(|(_, gone)| gone.remove());
            let mut place = self.drawn.part(ENTRY);
            for (entry, bubble) in bubbles {
                let Some(entry) = entry.or_else(|| new_entry(&talk.entry_html(&bubble, &marks))) else { continue };
                if place.as_ref() == Some(&entry) {
                    place = entry.next_element_sibling();
                } else {
                    let _ = self.log_inner.insert_before(&entry, place.as_deref());
                }
                shown.entries.push((bubble, entry));
            }
            // Marks change where they stand: a bubble that came anew would be read out once more. What did not change is left alone, so
            // that a button in it keeps the focus.
            marks.iter().filter(|mark| !shown.marks.contains(mark)).for_each(|(of, mark)| show_mark(*of, mark));
            shown.marks = marks;

            let older = talk.timeline.older_than();
            self.drawn.show(".older", older.is_some());
            if let Some(before) = older {
                self.drawn.set(".older a", "href", Some(&format!("/chats/{}?before={before}", self.chat)));
            }
        });
    }
}

fn new_entry(html: &str) -> Option<Element> {
    let entry = document().create_element("div").ok()?;
    entry.set_class_name("entry");
    entry.set_inner_html(html);
    Some(entry)
}

fn show_mark(client_id: ClientId, mark: &Mark) {
    let Some(bubble) = document().get_element_by_id(&anchor(client_id)) else { return };
    for (place, html) in [(".bubble-mark", mark_html(mark)), (".trouble", trouble_html(mark))] {
        if let Ok(Some(place)) = bubble.query_selector(place) {
            place.set_inner_html(&html.0);
        }
    }
}

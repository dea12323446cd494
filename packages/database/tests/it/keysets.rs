//! Pages follow each other without a hole and without an overlap.

use balloond_database::{Keyset, keyset::BadCursor};
use proptest::{prelude::*, sample::Index};
use uuid::Uuid;

#[test]
fn pages_join_without_hole_or_overlap() {
    let mut all: Vec<Uuid> = (0..7).map(|_| Uuid::now_v7()).collect();
    all.sort_by(|a, b| b.cmp(a));
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let keyset = Keyset::parse(cursor.as_deref(), 3).unwrap();
        let after = keyset.after.unwrap_or(Uuid::max());
        let rows = all.iter().copied().filter(|id| *id < after).take(usize::try_from(keyset.rows()).unwrap()).collect();
        let page = keyset.page(rows, |id| *id);
        seen.extend(page.items);
        match page.next {
            Some(next) => cursor = Some(next.0),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[test]
fn anything_else_is_no_cursor() {
    assert_eq!(Keyset::parse(Some("' OR 1=1"), 3).unwrap_err(), BadCursor);
}

proptest! {
    /// Whatever a stranger makes of a cursor, it is one of ours or none.
    #[test]
    fn changed_cursors_do_no_harm(text in "\\PC{0,80}", place in any::<Index>(), change in any::<char>()) {
        let mut cursor: Vec<char> = Uuid::now_v7().simple().to_string().chars().collect();
        *place.get_mut(&mut cursor) = change;
        for text in [text, cursor.into_iter().collect()] {
            if let Ok(keyset) = Keyset::parse(Some(&text), 3) {
                prop_assert!(keyset.after.is_some_and(|id| Uuid::try_parse(&text) == Ok(id)));
            }
        }
    }
}

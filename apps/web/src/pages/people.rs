//! Who may be floated a balloon.

use balloond_shared::{
    Page,
    people::{PeopleQuery, Person},
};
use leptos::prelude::*;
use maud::{Markup, html};

use super::empty;
use crate::components::{
    field::{Field, Refused, form_alert},
    icon::{Icon, drawn},
    portrait::portrait,
};

const SIZES: &str = "(min-width: 72rem) 17rem, (min-width: 40rem) 45vw, 100vw";
/// Photos that are seen without scrolling.
const EAGER: usize = 4;

pub struct PeoplePage {
    pub query: PeopleQuery,
    pub people: Page<Person>,
    pub refused: Refused,
}

impl PeoplePage {
    pub fn view(self) -> impl IntoView {
        let Self { query, people, refused } = self;
        let is_filtered =
            [&query.min_age, &query.max_age, &query.interest, &query.q].iter().any(|field| field.is_some());
        let is_first = query.cursor.is_none();
        let more = people.next.as_ref().map(|next| next_page(&query, &next.0));
        let is_refused = refused != Refused::default();
        let list = match people.items.is_empty() {
            false => cards(&people.items).into_any(),
            true if is_refused => ().into_any(),
            true if is_filtered => empty(
                "Nobody like that right now",
                "Ask for a little less, or look again another day.",
                Some(("/people", "See everybody")),
            )
            .into_any(),
            true if is_first => empty(
                "Nobody new right now",
                "Whoever joins next shows up here. Meanwhile, make your own profile one that people want to write to.",
                Some(("/me", "Go to my profile")),
            )
            .into_any(),
            true => empty(
                "That was everybody",
                "Whoever joins next shows up at the top.",
                Some(("/people", "Back to the top")),
            )
            .into_any(),
        };
        view! {
            <div class="people-page">
                <h1>"People"</h1>
                {filters(query, &refused)}
                {list}
                {more.map(|path| view! { <p class="more"><a class="button" href=path rel="next">"More people"</a></p> })}
            </div>
        }
    }
}

fn filters(query: PeopleQuery, refused: &Refused) -> impl IntoView + use<> {
    let value = Option::unwrap_or_default;
    view! {
        <form class="filters" method="get" action="/people" role="search" aria-label="People" novalidate>
            {form_alert(refused)}
            <Field name="q" label="Name" kind="search" value=value(query.q) error=refused.of("q") required=false autocomplete="off" />
            <Field name="interest" label="Interest" value=value(query.interest) error=refused.of("interest") required=false autocomplete="off" />
            <Field name="min_age" label="From age" value=value(query.min_age) error=refused.of("min_age") required=false inputmode="numeric" autocomplete="off" />
            <Field name="max_age" label="To age" value=value(query.max_age) error=refused.of("max_age") required=false inputmode="numeric" autocomplete="off" />
            <button type="submit">"Show"</button>
        </form>
    }
}

fn cards(people: &[Person]) -> impl IntoView + use<> {
    let cards = html! { @for (place, person) in people.iter().enumerate() { (card(person, place >= EAGER)) } };
    view! { <ul class="cards" role="list" inner_html=cards.into_string()></ul> }
}

/// Written as text and not as views: it stands two dozen times on a page.
fn card(person: &Person, lazy: bool) -> Markup {
    let path = format!("/people/{}", person.id);
    html! {
        li.card {
            a.card-link href=(path) {
                (portrait(person.id, &person.name, person.photo.as_ref(), SIZES, "", lazy))
                span.card-name { (person.name) ", " (person.age) }
            }
            @if !person.headline.is_empty() { p.card-headline { (person.headline) } }
            @if !person.interests.is_empty() { p.card-interests { (person.interests.join(" · ")) } }
            // A note is written where its reader's words are.
            a.button.card-float href={ (path) "#note" } {
                (drawn(Icon::Balloon))
                " Float a balloon"
                span.hidden { " to " (person.name) }
            }
        }
    }
}

/// The same search, one page on.
fn next_page(query: &PeopleQuery, cursor: &str) -> String {
    let fields = [
        ("min_age", query.min_age.as_deref()),
        ("max_age", query.max_age.as_deref()),
        ("interest", query.interest.as_deref()),
        ("q", query.q.as_deref()),
        ("limit", query.limit.as_deref()),
        ("cursor", Some(cursor)),
    ];
    let pairs: Vec<_> = fields
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", crate::server::encode_query(value?))))
        .collect();
    format!("/people?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_of_the_same_search() {
        let query = PeopleQuery { q: Some("a & b".into()), min_age: Some("30".into()), ..PeopleQuery::default() };
        assert_eq!(next_page(&query, "c="), "/people?min_age=30&q=a%20%26%20b&cursor=c%3D");
    }
}

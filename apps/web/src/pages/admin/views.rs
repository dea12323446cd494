//! How often the pages are seen, and how quick they are: drawn here, so that no script is needed for it.

use balloond_shared::{
    page_view::{PageViews, Rating, RouteViews, Vital},
    staff::StaffRole,
};
use chrono::NaiveDate;
use leptos::prelude::*;

use super::{Place, frame};

/// Pages with a bar of their own; the table has all of them.
const DRAWN: usize = 10;
/// The height of the days' chart, and the width of a day in it.
const HEIGHT: f64 = 100.0;
const DAY: usize = 10;

pub struct ViewsPage {
    pub role: StaffRole,
    pub views: PageViews,
}

impl ViewsPage {
    pub fn view(self) -> impl IntoView {
        let Self { role, views: PageViews { days, routes } } = self;
        let total: i64 = days.iter().map(|(_, count)| count).sum();
        let content = if routes.is_empty() {
            view! { <p class="soft">"Nothing was counted yet. What is seen from now on stands here a few seconds later."</p> }.into_any()
        } else {
            let vitals: Vec<_> = Vital::ALL.into_iter().map(|vital| section(vital, &routes)).collect();
            view! {
                <section aria-labelledby="days">
                    <h2 id="days">"Views a day"</h2>
                    <p class="soft">{format!("{total} in 30 days, by days in UTC.")}</p>
                    {by_day(&days)}
                </section>
                {vitals}
                <section aria-labelledby="pages">
                    <h2 id="pages">"All pages"</h2>
                    {table(routes)}
                </section>
            }
            .into_any()
        };
        let note = view! { <p class="soft">"Nobody is counted who asks not to be followed, and of nobody is kept who they are."</p> };
        frame(role, Place::Views, "Analytics", view! { {content} {note} })
    }
}

fn by_day(days: &[(NaiveDate, i64)]) -> impl IntoView + use<> {
    let most = days.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let bars: Vec<_> = days
        .iter()
        .enumerate()
        .map(|(place, (day, count))| {
            let height = HEIGHT * *count as f64 / most as f64;
            view! {
                <rect x=(place * DAY + 1).to_string() y=format!("{:.1}", HEIGHT - height) width="8" height=format!("{height:.1}")>
                    <title>{format!("{day}: {count}")}</title>
                </rect>
            }
        })
        .collect();
    let rows: Vec<_> = days
        .iter()
        .rev()
        .map(|(day, count)| view! { <tr><th scope="row">{day.to_string()}</th><td>{*count}</td></tr> })
        .collect();
    let [first, last] = [days.first(), days.last()].map(|day| day.map(|(day, _)| day.to_string()).unwrap_or_default());
    view! {
        <figure class="chart">
            <p class="chart-most">{most.to_string()}</p>
            <svg viewBox=format!("0 0 {} {HEIGHT}", days.len() * DAY) preserveAspectRatio="none" aria-hidden="true">{bars}</svg>
            <figcaption><span>{first}</span> <span>{last}</span></figcaption>
        </figure>
        <details class="admin-deed">
            <summary>"The same as a table"</summary>
            <div class="table" role="region" aria-label="Views a day" tabindex="0">
                <table>
                    <thead><tr><th scope="col">"Day"</th><th scope="col">"Views"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

fn section(vital: Vital, routes: &[RouteViews]) -> impl IntoView + use<> {
    let (name, what) = words(vital);
    let (good, poor) = vital.limits();
    let told = |route: &RouteViews| route.p75.iter().find(|(known, _)| *known == vital).map(|(_, value)| *value);
    let shown: Vec<_> = routes.iter().filter_map(|it| Some((it.route.clone(), told(it)?))).take(DRAWN).collect();
    // The limit of what is poor stands at two thirds, further out when a page needs the room.
    let largest = shown.iter().map(|(_, value)| *value).fold(f64::from(poor) * 1.5, f64::max);
    let across = move |value: f64| format!("{:.1}", value / largest * 100.0);
    let rows: Vec<_> = shown
        .into_iter()
        .map(|(route, value)| {
            let (class, rating) = rated(vital.rating(value));
            view! {
                <li class=class>
                    <span class="vital-route">{route}</span>
                    <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="track" width="100" height="10"></rect>
                        <rect class="bar" width=across(value) height="10"></rect>
                        <rect class="limit" x=across(f64::from(good)) width="0.4" height="10"></rect>
                        <rect class="limit" x=across(f64::from(poor)) width="0.4" height="10"></rect>
                    </svg>
                    <span class="vital-value">{told_as(vital, value)} " " <span class="vital-rating">{rating}</span></span>
                </li>
            }
        })
        .collect();
    let limits = format!(
        "{what} Three quarters of the views were at least as quick as shown; good up to {}, poor above {}.",
        told_as(vital, good.into()),
        told_as(vital, poor.into())
    );
    let list = if rows.is_empty() {
        view! { <p>"No browser measured it yet."</p> }.into_any()
    } else {
        view! { <ul class="vitals" role="list">{rows}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby=vital.name()>
            <h2 id=vital.name()>{name}</h2>
            <p class="soft">{limits}</p>
            {list}
        </section>
    }
}

fn table(routes: Vec<RouteViews>) -> impl IntoView {
    let rows: Vec<_> = routes
        .into_iter()
        .map(|it| {
            let cells: Vec<_> = Vital::ALL
                .into_iter()
                .map(|vital| {
                    let value = it.p75.iter().find(|(known, _)| *known == vital).map(|(_, value)| *value);
                    view! { <td>{value.map_or_else(|| "–".to_owned(), |value| told_as(vital, value))}</td> }
                })
                .collect();
            view! { <tr><th scope="row">{it.route}</th><td>{it.views}</td>{cells}</tr> }
        })
        .collect();
    view! {
        <div class="table" role="region" aria-label="Pages" tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Page"</th>
                        <th scope="col">"Views"</th>
                        <th scope="col">"LCP"</th>
                        <th scope="col">"INP"</th>
                        <th scope="col">"CLS"</th>
                        <th scope="col">"TTFB"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn words(vital: Vital) -> (&'static str, &'static str) {
    match vital {
        Vital::Lcp => ("Largest Contentful Paint", "Until most of the page is seen."),
        Vital::Inp => ("Interaction to Next Paint", "Until a press is answered."),
        Vital::Cls => ("Cumulative Layout Shift", "How much jumps."),
        Vital::Ttfb => ("Time to First Byte", "Until the page begins to come."),
    }
}

fn rated(rating: Rating) -> (&'static str, &'static str) {
    match rating {
        Rating::Good => ("good", "good"),
        Rating::NeedsWork => ("needs-work", "needs work"),
        Rating::Poor => ("poor", "poor"),
    }
}

fn told_as(vital: Vital, value: f64) -> String {
    match vital {
        Vital::Cls => format!("{:.2}", value / 1000.0),
        _ if value < 1000.0 => format!("{value:.0} ms"),
        _ => format!("{:.1} s", value / 1000.0),
    }
}

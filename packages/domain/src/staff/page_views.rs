//! How often the pages are seen, and how quick they are.

use std::collections::{BTreeMap, HashMap};

use balloond_database::page_view::{self, Counted};
use balloond_shared::{
    page_view::{PageViews, RouteViews, SHOWN_DAYS, Vital, p75},
    staff::StaffRole,
};
use chrono::{NaiveDate, TimeDelta, Utc};

use super::Staff;
use crate::{Result, Services, page_view::VIEWS};

/// The last thirty days. `Forbidden` for moderators.
#[tracing::instrument(name = "staff.page_views", level = "trace", skip_all)]
pub async fn page_views(services: &Services, staff: Staff) -> Result<PageViews> {
    staff.require(StaffRole::Administrator)?;
    let today = Utc::now().date_naive();
    let first = today - TimeDelta::days(SHOWN_DAYS - 1);
    let counted = page_view::since(&mut *services.database.primary().await?, first).await?;
    Ok(PageViews { days: by_day(&counted, today), routes: by_route(counted) })
}

fn by_day(counted: &[Counted], today: NaiveDate) -> Vec<(NaiveDate, i64)> {
    let mut days: BTreeMap<_, _> = (0..SHOWN_DAYS).map(|ago| (today - TimeDelta::days(ago), 0)).collect();
    for it in counted.iter().filter(|it| it.metric == VIEWS) {
        *days.entry(it.day).or_default() += it.count;
    }
    days.into_iter().collect()
}

fn by_route(counted: Vec<Counted>) -> Vec<RouteViews> {
    /// Of each vital, how many were at most so much.
    type Vitals = BTreeMap<Vital, Vec<(i32, i64)>>;
    let mut routes: HashMap<String, (i64, Vitals)> = HashMap::new();
    for it in counted {
        let (views, vitals) = routes.entry(it.route).or_default();
        match Vital::by_name(&it.metric) {
            Some(vital) => vitals.entry(vital).or_default().push((it.up_to, it.count)),
            None => *views += it.count,
        }
    }
    let mut routes: Vec<_> = routes
        .into_iter()
        .map(|(route, (views, vitals))| {
            let p75 = vitals.into_iter().filter_map(|(vital, counts)| Some((vital, p75(&counts)?))).collect();
            RouteViews { route, views, p75 }
        })
        .collect();
    routes.sort_by(|a, b| b.views.cmp(&a.views).then_with(|| a.route.cmp(&b.route)));
    routes
}

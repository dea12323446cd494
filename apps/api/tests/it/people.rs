use anyhow::Result;
use balloond_shared::{ErrorCode, Page, people::Person};

use crate::app::TestApp;

#[tokio::test]
async fn people_come_in_pages() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    let cyd = app.person("Cyd").await?;
    let page: Page<Person> = ada.get("/people?limit=1").await?.is(200)?.json()?;
    assert_eq!((page.items.len(), page.items[0].id), (1, cyd.id));
    let cursor = page.next.map(|next| next.0).unwrap_or_default();
    let page: Page<Person> = ada.get(&format!("/people?limit=1&cursor={cursor}")).await?.is(200)?.json()?;
    assert_eq!((page.items[0].id, page.next), (ben.id, None));
    Ok(())
}

#[tokio::test]
async fn filters_apply_and_empty_ones_do_not() -> Result<()> {
    let app = TestApp::start().await?;
    let (ada, ben) = app.two().await?;
    app.person("Cyd").await?;
    let found = async |query: &str| -> Result<Vec<String>> {
        let page: Page<Person> = ada.get(&format!("/people?{query}")).await?.is(200)?.json()?;
        Ok(page.items.into_iter().map(|person| person.name).collect())
    };
    assert_eq!(found("q=BE").await?, ["Ben"]);
    assert_eq!(found("min_age=&max_age=&interest=&q=").await?, ["Cyd", "Ben"]);
    assert_eq!(found("min_age=31").await?, [""; 0]);
    assert_eq!(found("something=else").await?.len(), 2);
    assert_ne!(ada.id, ben.id);
    Ok(())
}

#[tokio::test]
async fn a_bad_filter_is_named() -> Result<()> {
    let app = TestApp::start().await?;
    let ada = app.person("Ada").await?;
    for (query, fault) in [
        ("min_age=young", "min_age: malformed"),
        ("max_age=17", "max_age: out_of_range"),
        ("min_age=40&max_age=30", "max_age: out_of_range"),
        ("limit=x", "limit: malformed"),
        ("cursor=x", "cursor: malformed"),
        ("q=a%00b", "q: too_long"),
    ] {
        let faults = ada.get(&format!("/people?{query}")).await?.invalid()?;
        assert_eq!(faults.len(), 1, "{query}: {faults:?}");
        assert_eq!(faults[0].split(':').next(), fault.split(':').next(), "{query}");
    }
    app.anonymous().get("/people").await?.refused(ErrorCode::Unauthenticated)?;
    Ok(())
}

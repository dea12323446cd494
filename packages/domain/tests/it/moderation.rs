use anyhow::{Context, Result};
use balloond_domain::{
    Staff, auth, balloon, job, leaving, people as list, profile, safety,
    staff::{
        admit, appeal, appeals, audit, close_report, decide, end_sessions, erase_person, grant, lift, people, person,
        record, report, reports, suspend, suspension, take_report,
    },
};
use balloond_shared::{
    ErrorCode,
    auth::{Login, SignedIn},
    leaving::EraseAccount,
    moderation::{
        CloseReport, DecideAppeal, ErasePerson, MakeAppeal, ReportDecision, ReportState, Suspend, WithReason,
    },
    people::PeopleQuery,
    report::{MakeReport, ReportAbout, ReportReason},
    staff::{Deed, StaffRole},
};
use balloond_testing::{PASSWORD, TestPerson, World, client};

use crate::{faults, refused};

async fn staff(world: &World, name: &str, role: StaffRole) -> Result<(TestPerson, Staff)> {
    let person = world.person(name).await?;
    grant(&world.services, &person.email, Some(role)).await?;
    let staff = admit(&world.services, person.viewer).await?;
    Ok((person, staff))
}

fn suspending(days: Option<i64>) -> Suspend {
    Suspend { reason: "Unkind".to_owned(), days }
}

fn because() -> WithReason {
    WithReason { reason: "Because".to_owned() }
}

async fn log_in(world: &World, who: &TestPerson) -> Result<SignedIn> {
    let login = Login { email: who.email.clone(), password: PASSWORD.to_owned() };
    auth::log_in(&world.services, &login, &client()).await?.at_once().context("signed in")
}

#[tokio::test]
async fn whoever_is_suspended_is_in_no_list_and_can_do_next_to_nothing() -> Result<()> {
    let world = World::new().await?;
    let (_, ivo) = staff(&world, "Ivo", StaffRole::Moderator).await?;
    let (ada, ben, chat) = world.chat().await?;
    let cyd = world.person("Cyd").await?;
    world.float(&ada, &cyd).await?;
    suspend(&world.services, ivo, ada.id, &suspending(Some(7))).await?;

    let found = list::search(&world.services, cyd.viewer, &PeopleQuery::default()).await?.items;
    assert!(found.iter().all(|person| person.id != ada.id) && found.iter().any(|person| person.id == ben.id));
    for viewer in [ben.viewer, cyd.viewer] {
        assert_eq!(refused(profile::profile(&world.services, viewer, ada.id).await), Some(ErrorCode::NotFound));
    }
    assert!(balloon::received(&world.services, cyd.viewer, None, None).await?.items.is_empty(), "it was taken back");
    assert_eq!(refused(auth::authenticate(&world.services, &ada.signed_in.token)), Some(ErrorCode::Unauthenticated));
    assert_eq!(
        refused(auth::refresh(&world.services, &ada.signed_in.refresh_token).await),
        Some(ErrorCode::Unauthenticated)
    );

    let again = log_in(&world, &ada).await?;
    assert_eq!(refused(auth::authenticate(&world.services, &again.token)), Some(ErrorCode::Suspended));
    let held = auth::holder(&world.services, &again.token)?;
    assert!(held.is_suspended && held.viewer.user == ada.id);
    let known = suspension(&world.services, held.viewer).await?;
    assert!(known.reason == "Unkind" && known.ends_at.is_some() && known.appeal.is_none());
    let entries = record(&world.services, held.viewer, None, None).await?.items;
    assert_eq!((entries[0].deed, entries[0].reason.as_str()), (Deed::Suspended, "Unkind"));
    let next = auth::refresh(&world.services, &again.refresh_token).await?;
    assert_eq!(refused(auth::authenticate(&world.services, &next.token)), Some(ErrorCode::Suspended));

    lift(&world.services, ivo, ada.id, &because()).await?;
    let free = auth::refresh(&world.services, &next.refresh_token).await?;
    let viewer = auth::authenticate(&world.services, &free.token)?;
    assert!(world.send(&TestPerson { viewer, ..ada.clone() }, chat, "Back").await.is_ok());
    assert_eq!(refused(suspension(&world.services, viewer).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(lift(&world.services, ivo, ada.id, &because()).await), Some(ErrorCode::Stale));
    Ok(())
}

#[tokio::test]
async fn a_suspension_ends_by_itself_and_one_without_an_end_does_not() -> Result<()> {
    let world = World::new().await?;
    let (_, ivo) = staff(&world, "Ivo", StaffRole::Moderator).await?;
    let (ada, ben) = world.two().await?;
    suspend(&world.services, ivo, ada.id, &suspending(Some(1))).await?;
    suspend(&world.services, ivo, ben.id, &suspending(None)).await?;
    assert_eq!(refused(suspend(&world.services, ivo, ada.id, &suspending(None)).await), Some(ErrorCode::Stale));
    world
        .execute(
            "UPDATE suspensions SET began_at = began_at - interval '2 days', ends_at = ends_at - interval '2 days';
             UPDATE users SET suspended_until = suspended_until - interval '2 days' WHERE suspended_until IS NOT NULL",
        )
        .await?;
    assert!(auth::authenticate(&world.services, &log_in(&world, &ada).await?.token).is_ok());
    let still = log_in(&world, &ben).await?;
    assert_eq!(refused(auth::authenticate(&world.services, &still.token)), Some(ErrorCode::Suspended));
    suspend(&world.services, ivo, ada.id, &suspending(None)).await?;
    let file = person(&world.services, ivo, ada.id).await?;
    assert!(file.suspensions.len() == 2 && file.entry.suspended && file.email.is_none());
    Ok(())
}

#[tokio::test]
async fn nobody_decides_about_themselves_or_about_those_with_a_role() -> Result<()> {
    let world = World::new().await?;
    let ((_, ivo), (joy, admin)) =
        (staff(&world, "Ivo", StaffRole::Moderator).await?, staff(&world, "Joy", StaffRole::Administrator).await?);
    let ada = world.person("Ada").await?;
    for (who, whom) in [(ivo, ivo.viewer.user), (ivo, joy.id), (admin, ivo.viewer.user)] {
        assert_eq!(refused(suspend(&world.services, who, whom, &suspending(None)).await), Some(ErrorCode::Forbidden));
    }
    let erasing = ErasePerson { name: "Ada".to_owned(), reason: "Fraud".to_owned() };
    assert_eq!(refused(erase_person(&world.services, ivo, ada.id, &erasing).await), Some(ErrorCode::Forbidden));
    assert_eq!(refused(end_sessions(&world.services, ivo, ada.id, &because()).await), Some(ErrorCode::Forbidden));
    let nobody = balloond_shared::UserId::new();
    assert_eq!(refused(suspend(&world.services, ivo, nobody, &suspending(None)).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(person(&world.services, ivo, nobody).await), Some(ErrorCode::NotFound));
    let bad = Suspend { reason: " ".to_owned(), days: Some(0) };
    assert_eq!(faults(suspend(&world.services, ivo, ada.id, &bad).await), ["reason: required", "days: out_of_range"]);
    Ok(())
}

#[tokio::test]
async fn an_administrator_logs_out_and_erases_by_the_name_typed_in() -> Result<()> {
    let world = World::new().await?;
    let (_, joy) = staff(&world, "Joy", StaffRole::Administrator).await?;
    let ada = world.person("Ada").await?;
    assert_eq!(person(&world.services, joy, ada.id).await?.email.as_deref(), Some(ada.email.as_str()));
    end_sessions(&world.services, joy, ada.id, &because()).await?;
    assert_eq!(refused(auth::authenticate(&world.services, &ada.signed_in.token)), Some(ErrorCode::Unauthenticated));
    let erasing = |name: &str| ErasePerson { name: name.to_owned(), reason: "Fraud".to_owned() };
    assert_eq!(faults(erase_person(&world.services, joy, ada.id, &erasing("ada")).await), ["name: wrong"]);
    let receipt = erase_person(&world.services, joy, ada.id, &erasing(" Ada ")).await?;
    assert_eq!(refused(erase_person(&world.services, joy, ada.id, &erasing("Ada")).await), Some(ErrorCode::NotFound));
    job::run_due(&world.services, &world.config).await?;
    assert!(leaving::receipt(&world.services, receipt.id).await?.finished_at.is_some());
    assert_eq!(world.rows_with(&ada.id.to_string()).await?, [""; 0]);
    let log = audit(&world.services, joy, None, None).await?.items;
    assert_eq!((log[0].deed, log[0].reason.as_str(), &log[0].about), (Deed::Erased, "", &None));
    Ok(())
}

#[tokio::test]
async fn people_are_found_by_name_email_and_id() -> Result<()> {
    let world = World::new().await?;
    let (_, ivo) = staff(&world, "Ivo", StaffRole::Moderator).await?;
    let ada = world.person("Ada Love_lace").await?;
    world.person("Ben").await?;
    for q in ["love_l", "LOVE", &ada.email.to_uppercase(), &ada.id.to_string()] {
        let found = people(&world.services, ivo, q, None, None).await?.items;
        assert_eq!(found.iter().map(|person| person.id).collect::<Vec<_>>(), [ada.id], "{q}");
    }
    for q in ["love%lace", "nobody@example.com", "a@", &ada.email[..5]] {
        assert!(people(&world.services, ivo, q, None, None).await?.items.is_empty(), "{q}");
    }
    assert_eq!(people(&world.services, ivo, "", None, None).await?.items.len(), 3);
    assert_eq!(faults(people(&world.services, ivo, &"x".repeat(255), None, None).await), ["q: too_long"]);
    assert_eq!(faults(people(&world.services, ivo, "", Some("x"), None).await), ["cursor: malformed"]);
    Ok(())
}

#[tokio::test]
async fn an_appeal_is_made_once_and_decided_by_another() -> Result<()> {
    let world = World::new().await?;
    let (_, ivo) = staff(&world, "Ivo", StaffRole::Moderator).await?;
    let (ada, ben) = world.two().await?;
    for person in [&ada, &ben] {
        suspend(&world.services, ivo, person.id, &suspending(None)).await?;
        let words = |words: &str| MakeAppeal { words: words.to_owned() };
        assert_eq!(faults(appeal(&world.services, person.viewer, &words(" ")).await), ["words: required"]);
        let made = appeal(&world.services, person.viewer, &words("It was not me")).await?;
        assert_eq!(made.appeal.map(|appeal| (appeal.words, appeal.granted)), Some(("It was not me".to_owned(), None)));
        let twice = appeal(&world.services, person.viewer, &words("Really")).await;
        assert_eq!(refused(twice), Some(ErrorCode::Stale));
    }
    let waiting = appeals(&world.services, ivo).await?;
    assert_eq!(waiting.iter().map(|case| case.person.id).collect::<Vec<_>>(), [ada.id, ben.id]);
    let granting = |grant| DecideAppeal { grant, note: "Looked at".to_owned() };
    // Nobody else is there yet.
    decide(&world.services, ivo, waiting[0].id, &granting(false)).await?;
    let denied = suspension(&world.services, ada.viewer).await?.appeal.context("an appeal")?;
    assert_eq!((denied.granted, denied.note.as_deref()), (Some(false), Some("Looked at")));
    let (_, joy) = staff(&world, "Joy", StaffRole::Moderator).await?;
    let own = decide(&world.services, ivo, waiting[1].id, &granting(true)).await;
    assert_eq!(refused(own), Some(ErrorCode::Forbidden));
    let blank = DecideAppeal { grant: true, note: String::new() };
    assert_eq!(faults(decide(&world.services, joy, waiting[1].id, &blank).await), ["note: required"]);
    decide(&world.services, joy, waiting[1].id, &granting(true)).await?;
    assert_eq!(refused(suspension(&world.services, ben.viewer).await), Some(ErrorCode::NotFound));
    assert_eq!(refused(decide(&world.services, joy, waiting[1].id, &granting(true)).await), Some(ErrorCode::Stale));
    assert!(appeals(&world.services, joy).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_report_is_taken_and_closed_and_whom_it_is_about_does_not_learn_of_it() -> Result<()> {
    let world = World::new().await?;
    let (ivo_person, ivo) = staff(&world, "Ivo", StaffRole::Moderator).await?;
    let (_, joy) = staff(&world, "Joy", StaffRole::Administrator).await?;
    let (ada, ben, chat) = world.chat().await?;
    let about = |about, id, reason| MakeReport { about, id, reason, words: "See".to_owned() };
    let first = about(ReportAbout::Person, ben.id.as_uuid(), ReportReason::Spam);
    let second = about(ReportAbout::Chat, chat.as_uuid(), ReportReason::Threat);
    let first = safety::report(&world.services, ada.viewer, &first).await?.id;
    let second = safety::report(&world.services, ada.viewer, &second).await?.id;
    let open = reports(&world.services, ivo, ReportState::Open, None, None).await?.items;
    assert_eq!(open.iter().map(|case| case.id).collect::<Vec<_>>(), [second, first]);
    let file = report(&world.services, ivo, second).await?;
    assert_eq!((file.evidence.messages.len(), file.earlier.len(), file.earlier[0].id), (1, 1, first));
    assert_eq!((file.case.reporter.id, file.case.reported.map(|it| it.id)), (ada.id, Some(ben.id)));

    take_report(&world.services, joy, second).await?;
    take_report(&world.services, ivo, second).await?;
    let taken = reports(&world.services, joy, ReportState::Taken, None, None).await?.items;
    assert_eq!(taken[0].taken_by.as_ref().map(|it| it.id), Some(ivo_person.id));
    let closing = |note: &str| CloseReport { decision: ReportDecision::Warranted, note: note.to_owned() };
    assert_eq!(faults(close_report(&world.services, ivo, second, &closing("")).await), ["note: required"]);
    close_report(&world.services, ivo, second, &closing("Spoken to")).await?;
    let closed = report(&world.services, joy, second).await?.case;
    assert_eq!((closed.decision, closed.note.as_str()), (Some(ReportDecision::Warranted), "Spoken to"));
    assert_eq!(refused(close_report(&world.services, joy, second, &closing("No")).await), Some(ErrorCode::Stale));
    assert_eq!(refused(take_report(&world.services, joy, second).await), Some(ErrorCode::Stale));
    assert!(record(&world.services, ben.viewer, None, None).await?.items.is_empty());
    let own = about(ReportAbout::Person, ivo_person.id.as_uuid(), ReportReason::Other);
    let own = safety::report(&world.services, ada.viewer, &own).await?.id;
    assert_eq!(refused(take_report(&world.services, ivo, own).await), Some(ErrorCode::Forbidden));
    Ok(())
}

#[tokio::test]
async fn whoever_is_suspended_can_leave_and_nothing_stays() -> Result<()> {
    let world = World::new().await?;
    let (_, ivo) = staff(&world, "Ivo", StaffRole::Moderator).await?;
    let ada = world.person("Ada").await?;
    suspend(&world.services, ivo, ada.id, &suspending(None)).await?;
    appeal(&world.services, ada.viewer, &MakeAppeal { words: "Zithers".to_owned() }).await?;
    let held = auth::holder(&world.services, &log_in(&world, &ada).await?.token)?;
    leaving::request_export(&world.services, held.viewer).await?;
    leaving::erase(&world.services, held.viewer, &EraseAccount { password: PASSWORD.to_owned() }).await?;
    job::run_due(&world.services, &world.config).await?;
    assert_eq!(world.rows_with("Zithers").await?, [""; 0]);
    assert_eq!(world.rows_with(&ada.id.to_string()).await?, [""; 0]);
    Ok(())
}

//! A pop is silent. Whatever becomes of a balloon that is not caught, and whenever, its sender observes the same: here whole
//! lives of balloons are compared, act for act, on the real services.

use anyhow::Result;
use balloond_domain::{balloon, chat, leaving, people, profile, safety, staff};
use balloond_shared::{
    balloon::{FloatBalloon, SentState},
    leaving::EraseAccount,
    moderation::Suspend,
    people::PeopleQuery,
    report::{MakeReport, ReportAbout, ReportReason},
    safety::EditSafety,
    staff::StaffRole,
};
use balloond_testing::{PASSWORD, TestPerson, World};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::TestRunner};

/// What becomes of a balloon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Pending,
    Popped,
    Blocked,
    KeptOut,
    Expired,
    Erased,
    Paused,
    Suspended,
}

const FATES: [Fate; 8] = [
    Fate::Pending,
    Fate::Popped,
    Fate::Blocked,
    Fate::KeptOut,
    Fate::Expired,
    Fate::Erased,
    Fate::Paused,
    Fate::Suspended,
];

/// What its sender can do about it.
#[derive(Clone, Copy, Debug)]
enum Act {
    FloatAgain,
    FloatElsewhere,
    Withdraw,
    Block,
    Unblock,
    Report,
}

const ACTS: [Act; 6] = [Act::FloatAgain, Act::FloatElsewhere, Act::Withdraw, Act::Block, Act::Unblock, Act::Report];

struct Scene<'a> {
    world: &'a World,
    sender: TestPerson,
    receiver: TestPerson,
    elsewhere: &'a TestPerson,
    balloon: balloond_shared::BalloonId,
}

impl<'a> Scene<'a> {
    async fn new(world: &'a World, elsewhere: &'a TestPerson, fate: Fate) -> Result<Self> {
        let (sender, receiver) = (world.person("Ada").await?, world.person("Ben").await?);
        if fate == Fate::KeptOut {
            let words = EditSafety { hidden_words: Some(vec!["hello".to_owned()]), paused: None };
            safety::edit(&world.services, receiver.viewer, &words).await?;
        }
        let balloon = world.float(&sender, &receiver).await?.id;
        Ok(Self { world, sender, receiver, elsewhere, balloon })
    }

    async fn meet(&self, fate: Fate) -> Result<()> {
        let (services, receiver) = (&self.world.services, self.receiver.viewer);
        match fate {
            Fate::Pending | Fate::KeptOut => {}
            // Whoever took it back left nothing to pop.
            Fate::Popped => _ = balloon::pop(services, receiver, self.balloon).await,
            Fate::Blocked => safety::block(services, receiver, self.sender.id).await?,
            Fate::Expired => self.world.expire_balloons(&self.sender).await?,
            Fate::Erased => {
                _ = leaving::erase(services, receiver, &EraseAccount { password: PASSWORD.to_owned() }).await?;
            }
            Fate::Suspended => {
                staff::grant(services, &self.elsewhere.email, Some(StaffRole::Moderator)).await?;
                let moderator = staff::admit(services, self.elsewhere.viewer).await?;
                let request = Suspend { reason: "Unkind".to_owned(), days: None };
                staff::suspend(services, moderator, self.receiver.id, &request).await?;
            }
            Fate::Paused => {
                let pause = EditSafety { paused: Some(true), hidden_words: None };
                _ = safety::edit(services, receiver, &pause).await?;
            }
        }
        Ok(())
    }

    /// What its sender is answered.
    async fn act(&self, act: Act) -> String {
        let (services, viewer, receiver) = (&self.world.services, self.sender.viewer, self.receiver.id);
        let float = |to| FloatBalloon { to, note: "Hello again".to_owned() };
        match act {
            Act::FloatAgain => told(balloon::float(services, viewer, &float(receiver)).await.map(drop)),
            Act::FloatElsewhere => told(balloon::float(services, viewer, &float(self.elsewhere.id)).await.map(drop)),
            Act::Withdraw => told(balloon::withdraw(services, viewer, self.balloon).await),
            Act::Block => told(safety::block(services, viewer, receiver).await),
            Act::Unblock => told(safety::unblock(services, viewer, receiver).await),
            Act::Report => {
                let (about, reason) = (ReportAbout::Person, ReportReason::Spam);
                let request = MakeReport { about, id: receiver.as_uuid(), reason, words: String::new() };
                told(safety::report(services, viewer, &request).await.map(drop))
            }
        }
    }

    /// All that its sender can look at.
    async fn glance(&self) -> Result<String> {
        let (services, viewer, receiver) = (&self.world.services, self.sender.viewer, self.receiver.id);
        let sent = balloon::sent(services, viewer, None, None).await?.items;
        let sent: Vec<_> = sent
            .iter()
            .map(|sent| {
                let is_it = sent.id == self.balloon;
                (is_it, &sent.note, sent.state == SentState::Floating, sent.to.is_some(), sent.chat.is_some())
            })
            .collect();
        let found = people::search(services, viewer, &PeopleQuery::default()).await?.items;
        let blocks = safety::blocks(services, viewer, None, None).await?.items;
        Ok(format!(
            "{sent:?} {} {:?} {} {} {:?} {} {:?} {}",
            told(profile::profile(services, viewer, receiver).await.map(drop)),
            balloon::standing(services, viewer, receiver).await?,
            found.iter().any(|person| person.id == receiver),
            balloon::budget_left(services, viewer).await?,
            chat::badges(services, viewer).await?,
            balloon::received(services, viewer, None, None).await?.items.len(),
            blocks.iter().map(|block| block.person.is_some()).collect::<Vec<_>>(),
            chat::list(services, viewer, None, None).await?.items.len(),
        ))
    }
}

fn told(result: balloond_domain::Result<()>) -> String {
    result.map_or_else(|error| format!("{:?}", error.to_api()), |()| "done".to_owned())
}

/// All that a sender observes of one balloon's life.
async fn life(world: &World, elsewhere: &TestPerson, fate: Fate, acts: &[Act], when: usize) -> Result<Vec<String>> {
    let scene = Scene::new(world, elsewhere, fate).await?;
    let mut seen = vec![scene.glance().await?];
    for step in 0..=acts.len() {
        if step == when.min(acts.len()) {
            scene.meet(fate).await?;
            seen.push(scene.glance().await?);
        }
        if let Some(act) = acts.get(step) {
            seen.push(format!("{act:?}: {}", scene.act(*act).await));
            seen.push(scene.glance().await?);
        }
    }
    Ok(seen)
}

#[test]
fn what_was_not_caught_is_one_state_to_its_sender() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (world, elsewhere) = runtime.block_on(async {
        let world = World::new().await.unwrap();
        let elsewhere = world.person("Cyd").await.unwrap();
        (world, elsewhere)
    });
    let config =
        ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 20, ..ProptestConfig::default() };
    let lives = (vec(select(ACTS.to_vec()), 0..6), 0..6_usize);
    let compared = TestRunner::new(config).run(&lives, |(acts, when)| {
        let expected = runtime.block_on(life(&world, &elsewhere, Fate::Pending, &acts, when)).unwrap();
        for fate in FATES {
            let observed = runtime.block_on(life(&world, &elsewhere, fate, &acts, when)).unwrap();
            prop_assert_eq!(&observed, &expected, "{:?} tells itself", fate);
        }
        Ok(())
    });
    compared.unwrap();
}

//! Who is online: a mark for each person that whoever has a socket of theirs renews. Nobody takes it away, so a process that is killed
//! leaves nothing behind, and of two processes neither ends what the other still says.

use std::time::Duration;

use uuid::Uuid;

use crate::{Cache, CacheError, VERSION, connections::Lua};

/// How long a mark lasts.
pub const PRESENCE_LASTS: Duration = Duration::from_secs(18);
/// How often it has to be renewed.
pub const PRESENCE_RENEWED: Duration = Duration::from_secs(6);
/// People marked or asked for at once.
const CHUNK: usize = 500;
/// Among which a cluster's nodes share the marks.
const PLACES: u128 = 16;

static MARK: std::sync::LazyLock<Lua> = std::sync::LazyLock::new(|| {
    Lua::new("for _, key in ipairs(KEYS) do redis.call('SET', key, '', 'PX', ARGV[1]) end")
});

/// What a mark says.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// This person is online, and shows it.
    Online,
    /// This person has a socket, which is nobody's business but ours.
    Here,
}

fn keys(mark: Mark, people: &[Uuid]) -> Vec<String> {
    let name = match mark {
        Mark::Online => "online",
        Mark::Here => "here",
    };
    people.iter().map(|person| format!("{VERSION}:{name}:{{{:x}}}:{person}", place(person))).collect()
}

/// In a cluster a script's keys are on one node: what stands in a key's braces says on which.
fn place(person: &Uuid) -> u128 {
    person.as_u128() % PLACES
}

impl Cache {
    /// Says that these people are online.
    ///
    /// # Errors
    ///
    /// When Redis did not take it.
    pub async fn mark_online(&self, people: &[Uuid]) -> Result<(), CacheError> {
        self.mark(Mark::Online, people).await
    }

    /// Says that these people have a socket, whether they show it or not.
    ///
    /// # Errors
    ///
    /// When Redis did not take it.
    pub async fn mark_here(&self, people: &[Uuid]) -> Result<(), CacheError> {
        self.mark(Mark::Here, people).await
    }

    async fn mark(&self, mark: Mark, people: &[Uuid]) -> Result<(), CacheError> {
        let lasts = PRESENCE_LASTS.as_millis().to_string();
        let mut outcome = Ok(());
        for chunk in self.chunks(people) {
            let keys = keys(mark, &chunk);
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            // With one node away, the others are told all the same.
            outcome = outcome.and(self.0.connections.run::<()>(&MARK, &keys, &[lasts.as_bytes()]).await);
        }
        outcome
    }

    /// People who can be asked for at once: those whose marks are on one node.
    fn chunks(&self, people: &[Uuid]) -> Vec<Vec<Uuid>> {
        let mut people = people.to_vec();
        let is_cluster = self.0.connections.address().is_cluster();
        if is_cluster {
            people.sort_by_key(place);
        }
        let on_a_node = people.chunk_by(|one, other| !is_cluster || place(one) == place(other));
        on_a_node.flat_map(|people| people.chunks(CHUNK)).map(<[Uuid]>::to_vec).collect()
    }

    /// Takes a mark away: this person does not show it any more.
    ///
    /// # Errors
    ///
    /// When Redis did not take it: the mark then ends by itself.
    pub async fn unmark_online(&self, person: Uuid) -> Result<(), CacheError> {
        self.0.connections.query(redis::cmd("UNLINK").arg(keys(Mark::Online, &[person]))).await
    }

    /// Who of these people is online.
    ///
    /// # Errors
    ///
    /// When Redis does not answer: then it is not known.
    pub async fn who_is_online(&self, people: &[Uuid]) -> Result<Vec<Uuid>, CacheError> {
        self.marked(Mark::Online, people).await
    }

    /// Who of these people has a socket.
    ///
    /// # Errors
    ///
    /// When Redis does not answer: then it is not known.
    pub async fn who_is_here(&self, people: &[Uuid]) -> Result<Vec<Uuid>, CacheError> {
        self.marked(Mark::Here, people).await
    }

    async fn marked(&self, mark: Mark, people: &[Uuid]) -> Result<Vec<Uuid>, CacheError> {
        let mut online = Vec::new();
        for chunk in self.chunks(people) {
            let marks: Vec<Option<String>> =
                self.0.connections.query(redis::cmd("MGET").arg(keys(mark, &chunk))).await?;
            online.extend(chunk.into_iter().zip(marks).filter(|(_, mark)| mark.is_some()).map(|(person, _)| person));
        }
        Ok(online)
    }
}

//! The background jobs.

use balloond_shared::staff::{DeadJob, JobQueue, Jobs, StaffRole};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Place, frame};
use crate::components::time::{Telling, moment};

pub struct JobsPage {
    pub role: StaffRole,
    pub jobs: Jobs,
    pub now: DateTime<Utc>,
}

impl JobsPage {
    pub fn view(self) -> impl IntoView {
        let Self { role, jobs: Jobs { dead, queues }, now } = self;
        let content = view! {
            <section aria-labelledby="dead">
                <h2 id="dead">"Failed for good"</h2>
                {failed(dead, now)}
            </section>
            <section aria-labelledby="queues">
                <h2 id="queues">"Waiting and running"</h2>
                {waiting(queues)}
            </section>
        };
        frame(role, Place::Jobs, "Jobs", content)
    }
}

fn failed(dead: Vec<DeadJob>, now: DateTime<Utc>) -> AnyView {
    if dead.is_empty() {
        return view! { <p class="soft">"None. A job that fails is tried 25 times over about four days before it stands here."</p> }.into_any();
    }
    let entries: Vec<_> = dead
        .into_iter()
        .map(|job| {
            view! {
                <li>
                    <p>
                        <span class="balloon-name">{job.task.clone()}</span> <br />
                        <span class="soft">{format!("{} attempts, last ", job.attempts)} {moment(job.failed_at, Telling::Short, now)}</span>
                        <br />
                        <span class="admin-error">{job.last_error}</span>
                    </p>
                    <form method="post" action="/admin/jobs/retry">
                        <input type="hidden" name="id" value=job.id.to_string() />
                        <button type="submit">"Try again" <span class="hidden">{format!(" {} {}", job.task, job.id)}</span></button>
                    </form>
                </li>
            }
        })
        .collect();
    view! {
        <ul class="settings-list admin-list" role="list">{entries}</ul>
        <form method="post" action="/admin/jobs/retry">
            <button type="submit">"Try all of them again"</button>
        </form>
    }
    .into_any()
}

fn waiting(queues: Vec<JobQueue>) -> AnyView {
    if queues.is_empty() {
        return view! { <p class="soft">"Nothing is to be done."</p> }.into_any();
    }
    let rows: Vec<_> = queues
        .into_iter()
        .map(|queue| {
            view! {
                <tr>
                    <th scope="row">{queue.task}</th>
                    <td>{queue.due}</td>
                    <td>{queue.running}</td>
                    <td>{queue.waiting}</td>
                    <td>{queue.dead}</td>
                    <td>{format!("{:.0} s", queue.lateness)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="table" role="region" aria-label="Jobs by kind" tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Kind"</th>
                        <th scope="col">"Due"</th>
                        <th scope="col">"Running"</th>
                        <th scope="col">"Later"</th>
                        <th scope="col">"Dead"</th>
                        <th scope="col">"Oldest due"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

mod connect;
mod end;
mod events;
mod groups;
mod join;
mod outage;
mod presence;

mod connect;
mod end;
mod events;
mod join;
mod outage;

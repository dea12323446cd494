use actix_web::{get, web};
use balloond_domain::{Services, people};
use balloond_shared::{
    Page,
    people::{PeopleQuery, Person},
};

use crate::{
    extract::{Query, Signed},
    refusal::Answer,
};

/// The people whom one may float a balloon, newest first.
#[utoipa::path(operation_id = "search_people", tag = "people", security(("token" = []), ("cookie" = [])), params(PeopleQuery), responses((status = 200, description = "A page of people.", body = Page<Person>), (status = 422, description = "A filter is not valid.")))]
#[get("/people")]
pub async fn search(
    services: web::Data<Services>,
    signed: Signed,
    query: Query<PeopleQuery>,
) -> Answer<web::Json<Page<Person>>> {
    Ok(web::Json(people::search(&services, signed.0, &query.0).await?))
}

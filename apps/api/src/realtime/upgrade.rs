//! Where HTTP ends and a socket begins. The application answers the handshake as it answers every request; after a 101 the
//! connection leaves the HTTP dispatcher, with its two buffers of 8 KiB, and is served by one small task.

use std::rc::Rc;

use actix_codec::{Encoder, Framed};
use actix_http::{
    ConnectionType, HttpMessage, Request, Response, StatusCode,
    body::{BodySize, BoxBody, MessageBody, to_bytes},
    h1::{self, Codec, SendResponse},
};
use actix_service::{IntoServiceFactory, Service, ServiceFactory, fn_factory, fn_service};
use actix_web::{Error, dev::AppConfig, rt::net::TcpStream};
use bytes::BytesMut;
use tokio::io::AsyncWriteExt;

use super::{hub::Hub, socket};
use crate::extract::Signed;

/// Marks a request whose connection can leave HTTP.
#[derive(Clone, Copy, Debug)]
pub struct Upgradable;

/// Serves the requests that ask to upgrade, with an application of their own.
pub fn upgrade<A, F, S, B>(
    app: A,
    hub: Rc<Hub>,
) -> impl ServiceFactory<(Request, Framed<TcpStream, Codec>), Config = (), Response = (), Error = Error, InitError = ()>
where
    A: Fn() -> F + Clone + 'static,
    F: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, InitError = ()> + 'static,
    S::Error: Into<Error>,
    S::Response: Into<Response<B>>,
    B: MessageBody + 'static,
{
    fn_factory(move || {
        let (application, hub) = (app().into_factory().new_service(AppConfig::default()), Rc::clone(&hub));
        async move {
            let application = Rc::new(application.await?);
            Ok(fn_service(move |(request, connection)| {
                answer(Rc::clone(&application), Rc::clone(&hub), request, connection)
            }))
        }
    })
}

async fn answer<S, B>(
    application: Rc<S>,
    hub: Rc<Hub>,
    request: Request,
    connection: Framed<TcpStream, Codec>,
) -> Result<(), Error>
where
    S: Service<Request>,
    S::Error: Into<Error>,
    S::Response: Into<Response<B>>,
    B: MessageBody + 'static,
{
    request.extensions_mut().insert(Upgradable);
    let mut response = match application.call(request).await {
        Ok(response) => response.into().map_into_boxed_body(),
        Err(error) => Response::from(error.into().error_response()),
    };
    let signed = response.extensions_mut().remove::<Signed>();
    let Some(signed) = signed.filter(|_| response.status() == StatusCode::SWITCHING_PROTOCOLS) else {
        return refuse(response, connection).await;
    };
    let (connection, unread) = switch(response, connection).await?;
    socket::serve(hub, signed, connection, unread).await;
    Ok(())
}

/// Sends the head of the answer; what is left is the bare connection, and what the client has sent on it already.
async fn switch(
    response: Response<BoxBody>,
    connection: Framed<TcpStream, Codec>,
) -> Result<(TcpStream, BytesMut), Error> {
    let mut parts = connection.into_parts();
    let head = h1::Message::Item((response.drop_body(), BodySize::None));
    parts.codec.encode(head, &mut parts.write_buf)?;
    parts.io.write_all(&parts.write_buf).await?;
    // Copied, so that the buffer it came in is freed.
    Ok((parts.io, parts.read_buf.as_ref().into()))
}

/// The refusals are small. Whoever asked for another protocol gets no second request on this connection.
async fn refuse(mut response: Response<BoxBody>, connection: Framed<TcpStream, Codec>) -> Result<(), Error> {
    response.head_mut().set_connection_type(ConnectionType::Close);
    let mut body = BoxBody::new(());
    let response = response.map_body(|_, whole| std::mem::replace(&mut body, whole));
    let body = to_bytes(body).await.unwrap_or_default();
    let mut connection = SendResponse::new(connection, response.set_body(body)).await?;
    Ok(connection.io_mut().shutdown().await?)
}

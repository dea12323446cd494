# Photos. In R2 what leaves costs nothing; what is stored and asked for does.

resource "cloudflare_r2_bucket" "objects" {
  account_id = var.cloudflare_account_id
  name       = var.bucket
  location   = "weur"
}

resource "cloudflare_r2_custom_domain" "photos" {
  account_id  = var.cloudflare_account_id
  bucket_name = cloudflare_r2_bucket.objects.name
  zone_id     = var.cloudflare_zone_id
  domain      = var.photos
  enabled     = true
  min_tls     = "1.2"
}

# R2's own public address would go round the firewall below.
resource "cloudflare_r2_managed_domain" "none" {
  account_id  = var.cloudflare_account_id
  bucket_name = cloudflare_r2_bucket.objects.name
  enabled     = false
}

resource "cloudflare_r2_bucket_lifecycle" "unfinished" {
  account_id  = var.cloudflare_account_id
  bucket_name = cloudflare_r2_bucket.objects.name

  rules = [{
    id         = "uploads that were never finished"
    enabled    = true
    conditions = { prefix = "" }
    abort_multipart_uploads_transition = {
      condition = { type = "Age", max_age = 86400 }
    }
  }]
}

# A custom domain shows the whole bucket. Only photos of profiles may be seen without a signature: those of chats, exports and
# reports' evidence lie beside them, and are fetched at signed addresses of the S3 endpoint.
resource "cloudflare_ruleset" "photos_alone" {
  zone_id = var.cloudflare_zone_id
  name    = "Balloon'd: of the bucket, photos of profiles alone"
  kind    = "zone"
  phase   = "http_request_firewall_custom"

  rules = [{
    ref         = "photos_alone"
    description = "What is not under /users/ is nobody's business"
    expression  = "(http.host eq \"${var.photos}\" and not starts_with(http.request.uri.path, \"/users/\"))"
    action      = "block"
    enabled     = true
  }]
}

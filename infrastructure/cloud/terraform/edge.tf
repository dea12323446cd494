# Names and caching. What may be kept, and how long, is said by the servers' own headers (docs/OPERATIONS.md, "What may be kept"):
# the edge believes them, and asks for everything else each time.

resource "cloudflare_dns_record" "site" {
  zone_id = var.cloudflare_zone_id
  name    = var.site
  type    = "CNAME"
  content = var.origin
  proxied = true
  ttl     = 1
}

resource "cloudflare_ruleset" "caching" {
  zone_id = var.cloudflare_zone_id
  name    = "Balloon'd: what may be kept"
  kind    = "zone"
  phase   = "http_request_cache_settings"

  # The last rule that fits decides.
  rules = [
    {
      ref               = "nothing_of_the_site"
      description       = "Pages and the API are somebody's"
      expression        = "(http.host eq \"${var.site}\")"
      action            = "set_cache_settings"
      action_parameters = { cache = false }
      enabled           = true
    },
    {
      ref         = "assets"
      description = "Files whose name changes with what is in them"
      expression  = "(http.host eq \"${var.site}\" and starts_with(http.request.uri.path, \"/pkg/\"))"
      action      = "set_cache_settings"
      action_parameters = {
        cache       = true
        edge_ttl    = { mode = "respect_origin" }
        browser_ttl = { mode = "respect_origin" }
      }
      enabled = true
    },
    {
      ref         = "photos"
      description = "A photo's key never means another photo"
      expression  = "(http.host eq \"${var.photos}\")"
      action      = "set_cache_settings"
      action_parameters = {
        cache       = true
        edge_ttl    = { mode = "respect_origin" }
        browser_ttl = { mode = "respect_origin" }
      }
      enabled = true
    },
  ]
}

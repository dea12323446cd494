terraform {
  required_version = ">= 1.9"

  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.0"
    }
    neon = {
      source  = "kislerdm/neon"
      version = "~> 0.9"
    }
    upstash = {
      source  = "upstash/upstash"
      version = "~> 2.0"
    }
  }
}

# Each provider takes its credentials from the environment:
# CLOUDFLARE_API_TOKEN (of R2, DNS, cache rules and firewall of the zone), NEON_API_KEY, UPSTASH_EMAIL and UPSTASH_API_KEY.
provider "cloudflare" {}
provider "neon" {}
provider "upstash" {}

variable "cloudflare_account_id" {
  description = "The account that the bucket belongs to."
  type        = string
}

variable "cloudflare_zone_id" {
  description = "The zone of the site's domain."
  type        = string
}

variable "site" {
  description = "The host of pages and API; both have the same, as cookies go to one host only."
  type        = string
}

variable "photos" {
  description = "The host of profiles' photos. It is not the site's: nothing that people upload is on an origin with cookies."
  type        = string

  validation {
    condition     = var.photos != var.site
    error_message = "Photos need a host of their own."
  }
}

variable "origin" {
  description = "Where the site runs: the name that Fly, Cloud Run's load balancer or your own machine answers to."
  type        = string
}

variable "bucket" {
  type    = string
  default = "balloond"
}

variable "neon_region" {
  type    = string
  default = "aws-eu-central-1"
}

variable "upstash_region" {
  description = "Near the database: every page asks both."
  type        = string
  default     = "eu-central-1"
}

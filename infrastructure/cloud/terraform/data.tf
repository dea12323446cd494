# Postgres and Redis, each scaled to nothing while nobody comes.

resource "neon_project" "balloond" {
  name                      = "balloond"
  region_id                 = var.neon_region
  pg_version                = 17
  history_retention_seconds = 86400
}

resource "upstash_redis_database" "balloond" {
  database_name  = "balloond"
  region         = "global"
  primary_region = var.upstash_region
  tls            = true
  # What is in it is a copy, or lasts minutes: rather forget the oldest than refuse the newest.
  eviction = true
}

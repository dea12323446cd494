# The settings that follow from these, as the servers read them. `terraform output -raw settings`

output "settings" {
  description = "For the environment of api, web and worker; the keys of R2 (dashboard: R2, API tokens) and the secrets of .env.example are still to be added."
  sensitive   = true

  value = <<-SETTINGS
    DATABASE_URL=${neon_project.balloond.connection_uri}
    REDIS_URL=rediss://default:${upstash_redis_database.balloond.password}@${upstash_redis_database.balloond.endpoint}:${upstash_redis_database.balloond.port}
    S3_ENDPOINT=https://${var.cloudflare_account_id}.r2.cloudflarestorage.com
    S3_REGION=auto
    S3_BUCKET=${cloudflare_r2_bucket.objects.name}
    CDN_BASE_URL=https://${var.photos}
    PUBLIC_WEB_URL=https://${var.site}
    PUBLIC_API_URL=https://${var.site}
    TRUSTED_PROXIES=1
  SETTINGS
}

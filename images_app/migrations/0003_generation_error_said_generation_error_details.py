from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("images", "0002_file_expires_at_generation_error_status_and_more"),
    ]

    operations = [
        migrations.AddField(
            model_name="generation",
            name="error_said",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="generation",
            name="error_details",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]


import django.db.models.deletion
import kept._kit.clock
import kept._kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.UUIDField(default=kept._kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('active', 'Active'), ('erasing', 'Erasing'), ('erased', 'Erased'), ('merged', 'Merged'), ('pseudo', 'Pseudo')], default='active', max_length=7)),
                ('collected', models.PositiveIntegerField()),
                ('agreed', models.PositiveIntegerField(blank=True, null=True)),
                ('consented', models.BigIntegerField(default=0)),
                ('objected', models.BigIntegerField(default=0)),
                ('restricted', models.BooleanField(default=False)),
                ('ceased', models.BooleanField(default=False)),
                ('since', models.DateField(default=kept._kit.clock.today)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'active'), _negated=True), fields=['state'], name='kept_subject_not_active')],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('subject', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('decided', models.DateField(default=kept._kit.clock.today)),
                ('keys', models.PositiveIntegerField(null=True)),
                ('expected', models.PositiveBigIntegerField(default=0)),
                ('reached', models.PositiveBigIntegerField(default=0)),
                ('purged', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('purged', False)), fields=['subject'], name='kept_erasure_open')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=kept._kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('subject', models.UUIDField(db_index=True, editable=False)),
                ('reason', models.CharField(editable=False, max_length=80)),
                ('by', models.CharField(editable=False, max_length=64)),
                ('placed', models.DateField(default=kept._kit.clock.today, editable=False)),
                ('until', models.DateField(editable=False)),
                ('sealed', models.BooleanField(default=False, editable=False)),
                ('released', models.DateField(editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Merger',
            fields=[
                ('source', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('target', models.UUIDField(db_index=True, editable=False)),
                ('by', models.CharField(editable=False, max_length=64)),
                ('decided', models.DateField(default=kept._kit.clock.today, editable=False)),
                ('done', models.BooleanField(default=False, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='SealedFile',
            fields=[
                ('id', models.UUIDField(default=kept._kit.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('point', models.CharField(editable=False, max_length=80)),
                ('category', models.CharField(editable=False, max_length=80)),
                ('collected', models.PositiveIntegerField(editable=False)),
                ('since', models.DateField(db_index=True, default=kept._kit.clock.today, editable=False)),
                ('subject', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kept_vault.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(editable=False, max_length=120)),
                ('row', models.CharField(editable=False, max_length=255)),
                ('subject', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kept_vault.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'table'], name='kept_link_of_subject')],
                'constraints': [models.UniqueConstraint(fields=('table', 'row'), name='kept_link_of_row')],
            },
        ),
    ]

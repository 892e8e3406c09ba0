"""Collection points as pages: the notice first, then consent and the form, then one record.

Facade: `kept.keepers.forms.flows` (collect, list, answer), `kept.keepers.forms.views.CollectView`,
`kept.keepers.forms.moderation`.
"""

"""Mail in: a collection point whose door is SMTP. Facade: `kept.keepers.letters.flows`."""

"""The pull-through cache over the database; knows neither Flask nor HTTP."""

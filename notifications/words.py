"""What states and languages are called on the pages of the post room."""

from notifications.wording import N_

# A notice, by its state.
NOTICE_STATES = {
    "draft": N_("Draft"),
    "approved": N_("Approved"),
    "sending": N_("Sending"),
    "paused": N_("Paused"),
    "done": N_("Sending ended"),
    "cancelled": N_("Cancelled"),
    "published": N_("Published"),
}
# A public notice, by where it stands.
PUBLIC_STAGES = {
    "draft": N_("Publish the notice"),
    "planned": N_("The notice will be public"),
    "shown": N_("The notice is public"),
    "over": N_("The notice was public"),
    "withdrawn": N_("The notice was withdrawn"),
}
# A letter to one person, by its state.
LETTER_STATES = {
    "queued": N_("Queued"),
    "sending": N_("Sending"),
    "sent": N_("Sent"),
    "deferred": N_("Deferred"),
    "failed": N_("Failed"),
    "in_doubt": N_("In doubt"),
    "cancelled": N_("Cancelled"),
    "paper": N_("On paper"),
}
# What came back of a letter that had left, by the outcome of the attempt.
RETURNS = {
    "bounced": N_("Came back"),
    "delayed": N_("A mail server still tries"),
    "complaint": N_("Called junk by its reader"),
    "auto_reply": N_("A machine answered"),
}
LETTERS_IN = {  # whole titles: after "in", some languages write their names another way
    "en": N_("The letter in English"),
    "fr": N_("The letter in French"),
    "de": N_("The letter in German"),
    "es": N_("The letter in Spanish"),
    "pt": N_("The letter in Portuguese"),
    "it": N_("The letter in Italian"),
}
PUBLIC_IN = {
    "en": N_("The public notice in English"),
    "fr": N_("The public notice in French"),
    "de": N_("The public notice in German"),
    "es": N_("The public notice in Spanish"),
    "pt": N_("The public notice in Portuguese"),
    "it": N_("The public notice in Italian"),
}
LANGUAGES = {
    "en": N_("English"),
    "fr": N_("French"),
    "de": N_("German"),
    "es": N_("Spanish"),
    "pt": N_("Portuguese"),
    "it": N_("Italian"),
}

"""How far a delivery is, by the words of a notice for people: still tried, or done after all.

A warning must never be read as a failure: what says that the mail system still tries weighs more
than any reason beside it, unless it says too that it gave up.
"""

import re

from notifications.returned.paper import Paper

# What only a warning says, in so many words.
_ONLY = re.compile(
    r"warning (message )?only|this is (only |just )?a warning|only a warning|advisory[- ]only|"
    r"only a temporary|"
    r"(do|does) ?n[o'\u2019]t need to (resend|re-send|send)|(do|does) not need to (resend|re-send)|"
    r"no need to (resend|re-send)|no action (is )?(required|needed)|"
    r"(will|we) (keep|go) on trying|will keep trying|need not (do anything|resend)|"
    r"will continue (trying|to try|to attempt|to be attempted)|"
    r"nur eine warnung|lediglich eine warnung|nicht (erneut|noch einmal|"
    r"nochmals) (zu )?(ver)?senden|"
    r"avertissement (uniquement|seulement)|(simple|qu.un) avertissement|inutile de (le )?renvoyer|"
    r"pas (besoin|nécessaire) de (le )?renvoyer|s[óo]lo (es )?(un aviso|una advertencia)|"
    r"no (es necesario|hace falta|necesita)( que)? (reenv|volver a)|"
    r"(solo|soltanto) un avviso|non (è necessario|occorre|serve) (re|in)viar|"
    r"apenas um aviso|não (é necessário|precisa) (de )?reenvi|slechts een waarschuwing|"
    r"hoeft .{0,40}niet opnieuw|再送の必要はありません|再送信する必要はありません|无需重新发送|"
    r"无需重发|"
    r"다시 보내실 필요",
    re.IGNORECASE,
)
_WARNING = re.compile(
    # English
    r"delivery (incomplete|(is |has been |was )?delayed)|"
    r"\b(message|mail|e-?mail|delivery) (is |was )?delay(ed)?\b|"
    r"notif\w{0,8} \(delay|notification delayed|"
    r"temporary (failure report|problem (delivering|while))|temporar\w{1,4} undeliverable|"
    r"will (be re-?tried|retry|try again|try to deliver)|continue trying|"
    r"(still|being) (being )?retried|still (trying|attempting|undelivered)|"
    r"still (in|on) (the|our) queue|be retried for|(has|have) been delayed|delayed mail|"
    r"not yet (been )?delivered|n.t (yet )?been delivered yet|transient non-fatal|"
    r"delivery attempts will continue|deferred addresses|could not send message for past|"
    r"mail warning|delivery warning|not delivered yet|still waiting|waiting in (the|our) queue|"
    r"(has|have) been postponed|"
    # German, French, Spanish, Italian, Portuguese, Dutch
    r"wird (weiter|weiterhin|erneut|noch) (versucht|zugestellt)|weitere zustellversuche|verzögert|"
    r"zustellung versp|noch nicht zugestellt|"
    r"sera (retent|à nouveau tent)|a été (retard|différ)|retardée|remise différ|"
    r"état de remise \(retard|nouvelles tentatives|pas encore (été |pu )?(être )?(remis|distribu|"
    r"livr)|"
    r"continuera (à|d.)|retras(o|ado|ada)\b|demora(do|da)?\b|se ha aplazado|"
    r"seguir[áa] intent|(a[úu]n|todav[íi]a) no|ritardat[oa]|in ritardo|ritardo nella|\(ritardo\)|"
    r"non (è stato )?ancora|continuerà a|ulteriori tentativi|atrasad[oa]\b|adiad[oa]\b|\(atraso\)|"
    r"continuar[áa] (a tentar|tentando)|ainda não|vertraagd|vertraging|nog niet|(kan|kon|kunnen|"
    r"proberen) .{0,30}\bnog\b|atraso\b|"
    # Swedish, Danish, Norwegian, Finnish, Polish, Czech, Turkish, Hungarian, Russian
    r"затримк|ще не доставлен|fördröj|försenad|forsinket|forsinkelse|viivästy|opóźnion|opóźnieni|"
    r"zpožd|gecik|késik|késés|"
    r"задержан|задержк|отложен|продолжит попытки|ещё не доставлен|"
    # Japanese, Chinese, Korean
    r"遅延|遅れて|再送を(試|続)|再試行し|延迟|延遲|将继续(尝试|投递)|지연",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"giving up|given up|gave up|permanent(ly)? (error|fail)|final notice|(?<!non-)fatal error|"
    r"will not (be retried|retry|try|continue)|no (further|more) attempts|addresses? failed|"
    r"wurde aufgegeben|abandonn|définitiv|endgültig|definitiv",
    re.IGNORECASE,
)
_SUCCESS = re.compile(
    r"successful(ly)? (delivered|relayed|mail delivery)|successful delivery|was delivered (to|"
    r"success)|"
    r"(has been|was) successfully|delivery status notification \(success|return receipt|"
    r"delivered to (the )?(mailbox|recipient)|erfolgreich zugestellt|remis avec succès|"
    r"entregado correctamente|consegnato correttamente|entregue com (êxito|sucesso)",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\bnot\b|n['\u2019]t\b|fail|error|undeliver|unable|unsuccess|\b[45]\d\d[ -]|"
    r"\b[45]\.\d\.\d|\bnicht\b|échec|n.a pas|\bno se\b|\bnon\b|\bnão\b",
    re.IGNORECASE,
)


def waits(subject: str) -> bool:
    """Whether a subject is that of a warning."""
    return bool(_WARNING.search(subject) or _ONLY.search(subject))


def is_warning(paper: Paper) -> bool:
    """Whether it only warns: the mail system still tries."""
    text = _said(paper)
    if _ONLY.search(text):
        return True
    return bool(_WARNING.search(text)) and not _GIVEN_UP.search(text)


def is_success(paper: Paper) -> bool:
    """Whether it says that the mail arrived, and nothing else."""
    text = _said(paper)
    return bool(_SUCCESS.search(text)) and not _FAILED.search(text)


def _said(paper: Paper) -> str:
    return f"{paper.headers.text('subject')[:500]}\n{paper.text[:6000]}"

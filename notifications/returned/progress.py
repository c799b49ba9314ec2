"""How far a delivery is, by the words of a notice for people: still tried, or done after all.

A warning must never be read as a failure: what says that the mail system still tries weighs more
than any reason beside it, unless it says too that it gave up.
"""

import re

from notifications.returned.paper import Paper

# What only a warning says, in so many words.
_ONLY = re.compile(
    r"warning (message )?only|this is (only |just )?a warning|only a warning|advisory[- ]only|"
    r"only a temporary|(do|does) ?n[o'\u2019]t need to (resend|re-send|send)|(do|"
    r"does) not need to (resend|re-send)|no need to (resend|re-send)|no action (is )?(required|"
    r"needed)|(will|we) (keep|go) on trying|will keep trying|need not (do anything|resend)|"
    r"will continue (trying|to try|to attempt|to be attempted)|nur eine warnung|"
    r"lediglich eine warnung|nicht (erneut|noch einmal|nochmals) (zu )?(ver)?senden|"
    r"avertissement (uniquement|seulement)|(simple|qu.un) avertissement|inutile de (le )?renvoyer|"
    r"pas (besoin|nécessaire) de (le )?renvoyer|s[óo]lo (es )?(un aviso|una advertencia)|"
    r"no (es necesario|hace falta|necesita)( que)? (reenv|volver a)|(solo|soltanto) un avviso|"
    r"non (è necessario|occorre|serve) (re|in)viar|apenas um aviso|não (é necessário|"
    r"precisa) (de )?reenvi|slechts een waarschuwing|hoeft .{0,40}niet opnieuw|"
    r"再送の必要はありません|再送信する必要はありません|无需重新发送|无需重发|다시 보내실 필요",
    re.IGNORECASE,
)
_WARNING = re.compile(
    # English
    r"delivery (incomplete|(is |has been |was )?delayed)|\b(message|mail|e-?mail|delivery) (is |"
    r"was )?delay(ed)?\b|notif\w{0,8} (\(delay|delayed)|notif\w{0,8}: warning|"
    r"temporary (failure report|"
    r"problem (delivering|while))|temporar\w{1,4} undeliverable|will (be re-?tried|retry|"
    r"try again|try to deliver)|continue trying|(still|being) (being )?retried|still (trying|"
    r"attempting|undelivered)|still (in|on) (the|our) queue|be retried for|(has|"
    r"have) been delayed|delayed mail|not yet (been )?delivered|n.t (yet )?been delivered yet|"
    r"transient non-fatal|delivery attempts will continue|deferred addresses|"
    r"could not send message for past|mail warning|delivery warning|not delivered yet|"
    r"still waiting|waiting in (the|our) queue|(has|have) been postponed|"
    # German, French, Spanish, Italian, Portuguese, Dutch
    r"wird (weiter|weiterhin|erneut|noch) (versucht|zugestellt)|weitere zustellversuche|verzögert|"
    r"zustellung versp|noch nicht zugestellt|sera (retent|à nouveau tent)|a été (retard|différ)|"
    r"retardée|remise différ|état de remise \(retard|nouvelles tentatives|pas encore (été |"
    r"pu )?(être )?(remis|distribu|livr)|continuera (à|d.)|retras(o|ado|ada)\b|demora(do|da)?\b|"
    r"se ha aplazado|seguir[áa] intent|(a[úu]n|todav[íi]a) no|ritardat[oa]|in ritardo|"
    r"ritardo nella|\(ritardo\)|non (è stato )?ancora|continuerà a|ulteriori tentativi|"
    r"atrasad[oa]\b|adiad[oa]\b|\(atraso\)|continuar[áa] (a tentar|tentando)|ainda não|vertraagd|"
    r"vertraging|nog niet|(kan|kon|kunnen|proberen) .{0,30}\bnog\b|atraso\b|"
    # Swedish, Danish, Norwegian, Finnish, Polish, Czech, Turkish, Hungarian, Russian
    r"затримк|ще не доставлен|fördröj|försen|ännu inte|endnu ikke|ennå ikke|jeszcze nie|zatím neb|"
    r"zatiaľ neb|még nem|henüz|forsink|viivästy|opóźnion|opóźnieni|zpožd|gecik|késik|késés|задерж|"
    r"отложен|попытки (будут )?продолж|продолжит попытки|(ещё|еще|пока) не доставлен|"
    # Japanese, Chinese, Korean
    r"遅延|遅れて|再送を(試|続)|再試行し|延迟|延遲|将继续(尝试|投递)|지연",
    re.IGNORECASE,
)
# Words of waiting that stand in other notices, too: they count where nothing is said for good.
_WAITING = re.compile(
    r"\bdeferred\b|\bdelay\b|\bqueued\b|in (our|the|its) (mail ?)?queue|\bpending\b|"
    r"keep(ing)? retrying|temporar\w{1,4} (fail|delivery|deferred|suspended|problem)|"
    r"\btransient\b|\bretr(y|ies|ying) (go|continue|for|until|in|at)\b|next (attempt|try|retry)|"
    r"for retry|further attempts|attempts (will|go)|vorübergehend|warteschlange|weitere versuche|"
    r"en attente|file d.attente|nouvelles? tentatives?|temporaire|en cola|reintent|pendiente|"
    r"in coda|altri tentativi|na fila|novas tentativas|pendente|wachtrij|uitgesteld|tijdelijk|"
    r"nieuwe pogingen|\bi kø\b|i kön|midlertidig|tillfällig|w kolejce|tymczasow|ve frontě|dočasn|"
    r"kuyru|geçici|в очереди|временн|再試行|一時的|保留|队列|佇列|暂时|暫時|延迟|延遲|일시적|대기",
    re.IGNORECASE,
)
_FOR_GOOD = re.compile(r"(?<![\d.])5\d\d[ -]|(?<![\d.])5\.\d\.\d|expired|too long|exceeded")
_GIVEN_UP = re.compile(
    r"giving up|given up|gave up|permanent(ly)? (error|fail)|final notice|(?<!non-)fatal error|"
    r"will not (be retried|retry|try|continue)|no (further|more) attempts|addresses? failed|"
    r"wurde aufgegeben|abandonn|définitiv|endgültig|definitiv",
    re.IGNORECASE,
)
_SUCCESS = re.compile(
    r"successful(ly)? (delivered|relayed|mail delivery)|successful delivery|was delivered (to|"
    r"success)|(has been|was) successfully|delivery status notification \(success|return receipt|"
    r"delivered to (the )?(following |these )?(mailbox|recipient)|erfolgreich zugestellt|"
    r"remis avec succès|entregado correctamente|consegnato correttamente|"
    r"entregue com (êxito|sucesso)",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\bnot\b|n['\u2019]t\b|fail|error|undeliver|unable|unsuccess|\b[45]\d\d[ -]|\b[45]\.\d\.\d|"
    r"\bnicht\b|échec|n.a pas|\bno se\b|\bnon\b|\bnão\b",
    re.IGNORECASE,
)


def waits(text: str) -> bool:
    """Whether a subject or a text speaks of a mail that is still under way."""
    return any(words.search(text) for words in (_ONLY, _WARNING, _WAITING))


def is_warning(paper: Paper) -> bool:
    """Whether it only warns: the mail system still tries."""
    text = _said(paper)
    if _ONLY.search(text):
        return True
    if _GIVEN_UP.search(text):
        return False
    maybe = _WAITING.search(text) and not _FOR_GOOD.search(text)
    return bool(maybe or _WARNING.search(text))


def is_success(paper: Paper) -> bool:
    """Whether it says that the mail arrived, and nothing else."""
    text = _said(paper)
    return bool(_SUCCESS.search(text)) and not _FAILED.search(text)


def _said(paper: Paper) -> str:
    return f"{paper.headers.text('subject')[:500]}\n{paper.text[:6000]}"

"""How a notice about a delivery is worded: its subject, its text; and what people and desks write.

None of these words makes a return by itself: `senders` weighs who wrote them.
"""

import re

SUBJECT = re.compile(
    r"undeliver|unable to deliver|not (be )?deliver|deliver.{0,40}(fail|error|status|problem|"
    r"delay|notif|warning|expired)|(fail|error|problem|warning).{0,40}deliver|returned (mail|"
    r"message|to)|return(ed)? to sender|failure (notice|notif|report)|mail (system )?(error|"
    r"failure)|non.?deliver|non.?remis|rejected|nondeliv|bounced|could ?n.t be|could not (be )?|"
    r"message (status|delay|not sent)|delayed mail|cannot send message|user unknown|unzustellbar|"
    r"unzustellbarkeit|zustell|nicht zugestellt|échec|remise|non distribu|no se (ha )?pu|"
    r"no entregado|imposible entregar|devuelto|mancato recapito|recapito|não entregue|"
    r"não foi possível|devolvid|onbestelbaar|niet bezorgd|не доставлено|недоставлен|配信|"
    r"送信エラー|退信|未传递|传递失败|배달되지|배달하지|보내지 못|message you sent blocked|"
    r"message\b.{0,30} delayed|recapitabile|mail failure|postmaster notify|delivery notification|"
    r"address (error|change)|loop alert|mail problem|invalid (user|address|recipient)|"
    r"\bnd[nr]\b|^bounce$|not (get|go) through|(not|n.t) arriv|nicht angekommen|"
    r"n.est pas arriv|no (ha )?lleg|non (è )?arriv|não chegou|niet aangekomen|"
    r"system error|problems? with|mail warning|delivery report|(message|mail|e-?mail) (was |"
    r"has been |is )?(blocked|refused)|error sending|failed mail|no se puede entregar|"
    r"no entregable|non recapitabil|não é possível entregar|kan inte levereras|"
    r"kunde inte levereras|olevererbar|obeställbar|kunne ikke levere|kan ikke levere|ikke leveret|"
    r"ikke levert|uleverbar|ei voitu toimittaa|toimittaminen epäonnistui|nie można dostarczyć|"
    r"niedostarczon|nie dostarczon|nie została dostarczon|zwrot|не доставлено|повернен|"
    r"nedoručiteln|nedoručen|nelze doručit|teslim edilemed|iletilemed|kézbesíthetetlen|"
    r"nem kézbesít|nu (a|s-a) putut livra|nelivrat|δεν παραδόθηκε|αδύνατη η παράδοση|"
    r"не удалось доставить|не удается доставить|невозможно доставить|возврат|无法投递|无法送达|"
    r"投递失败|退回|無法傳遞|傳送失敗|배달 실패|발송실패|전송 실패|반송",
    re.IGNORECASE,
)
BODY = re.compile(
    r"could not (be )?deliver|couldn.t (be )?deliver|cannot (be )?deliver|can.t be delivered|"
    r"unable to (be )?deliver|not (be |been )?(delivered|sent|forwarded)|undeliver|"
    r"deliver\w{0,3} (to|of)[^\n]{0,80}(fail|delay|rejected)|delivery (has )?(failed|failure|"
    r"error)|not yet been delivered|delay reason|been delivered|non riuscito|(was|"
    r"has been) (blocked|refused)|did not (reach|receive)|delivery problem|failed address|"
    r"address(es)? (had|failed)|permanent (fatal )?error|returned to (you|the sender)|"
    r"was rejected|rejected by|wasn.t (able to )?deliver|user unknown|unknown user|no such user|"
    r"mailbox (is )?full|transcript of session|has been (delayed|rejected|returned)|"
    r"not (get|go) through|not arriv|unsuccessful|(was|were) not (accepted|taken)|"
    r"not able to (pass|hand|forward|place|transmit)|"
    r"not (be )?(handed|passed|placed|transmitted|transferred)|"
    r"nicht (ausgeliefert|angekommen|übermittelt|weitergeleitet werden)|pas (pu être )?achemin|"
    r"pas arriv|non ha raggiunto|no pudo ser|no ha llegado|não chegou|niet aangekomen|"
    r"gave this error|may not exist|failure reasons?|automatically (rejected|generated)|"
    r"\b5\d\d[ -]5?\.?\d?\.?\d?|invalid user|duplicated message|nicht zugestellt|konnte nicht|"
    r"n'a pas pu|n.a pu être|no se pudo|non è stato|não foi|niet (worden )?bezorgd|"
    r"не может быть доставлено|できませんでした|送信できません|無法|无法|не удалось|nie można|"
    r"nie mogła|nie udało się|не може бути|nepodařilo|nelze|nebylo možné|(kunde|kan|kunne) (inte|"
    r"ikke) lever|ikke (leveret|levert)|ei voitu|teslim edilem|iletilem|nem (sikerült|"
    r"lehetett) kézbesít|nu a putut fi livrat|δεν (ήταν δυνατή|παραδόθηκε)|"
    r"no (se )?(ha )?(sido posible|podido)|n.est pas parvenu|échec de la remise|"
    r"konnte .{0,60}nicht erreichen|fehler bei der nachrichtenzustellung|falha na entrega|"
    r"recapito non riuscito|error en la entrega|bezorging .{0,60}mislukt|送达失败|"
    r"传递到.{0,20}失败|배달하지 못|전송하지 못|退回|投递失败|보내지 못했|전달되지|반송|"
    r"次のあて先|配信(に)?失敗|配信不能|届けられません",
    re.IGNORECASE,
)
# "... could not be delivered to <name@host>", as nobody but a mail system writes it.
TO_WHOM = re.compile(
    r"(could not|cannot|can.t|couldn.t|unable to|was not|not|error) (be )?(deliver|send|"
    r"forward)\w{0,4}( (the|your|this))?( (mail|message|e-?mail))?( (to|of|"
    r"for))?( the following (address|recipient)(es|s|\(es\)|\(s\))?)?:?\s{0,10}<?[^\s<>@]{1,64}@|"
    r"message to:?\s{0,10}<?[^\s<>@]{1,64}@[^\n]{1,100}\n[^\n]{0,10}(was|has been) (blocked|"
    r"rejected|refused)|(mail|message) (to|"
    r"for)\s{1,10}<?[^\s<>@]{1,64}@[^\s<>]{1,100}>? (could not|couldn.t|cannot|can.t) be (deliver|"
    r"sent|forward)|undeliver\w{0,6} (to|for):?\s{0,5}<?[^\s<>@]{1,64}@|"
    r"rcpt to:\s{0,5}<?[^\s<>@]{1,64}@",
    re.IGNORECASE,
)
CODE = re.compile(r"(?<![\d.])[45]\d\d[ -]|(?<![\d.])[45]\.\d\.\d")
# What is said under a heading: "Reason: ...".
REASON = re.compile(
    r"^[ \t*>-]{0,10}(the )?(reason|error|failure|diagnos\w{1,8}|cause|raison|motif|grund|motivo|"
    r"razón|reden|fehler|errore|erreur|orsak|årsag|powód|důvod|причина|原因|理由|"
    r"사유)\b[^\n:：]{0,40}[:：]",
    re.IGNORECASE | re.MULTILINE,
)
# A line that begins with an address, or with a recipient's name for one, as a list of them does.
LISTED = re.compile(
    r"^[\s*•·-]{0,20}(?:(?:failed |intended |original )?(?:recipient|address|empfänger|"
    r"destinataire|destinatario|destinatário|ontvanger|宛先|"
    r"收件人)s?(?: address)?[ \t]{0,8}[:：][ \t]{0,8})?"
    r"[\"'(\[<]{0,3}[^\s<>@\"'()\[\]]{1,64}@[^\W_]",
    re.IGNORECASE | re.MULTILINE,
)
# What another wrote before, and is only repeated.
QUOTED = re.compile(r"^[ \t]{0,4}>[^\n]*$", re.M)
# A desk's number of a case: it writes about mail that came back, and sends none back itself.
TICKET = re.compile(
    r"[\[(][A-Z]{2,10}-\d{2,}[\])]|^(\w{1,3}: ?)?\W?[A-Z]{2,10}[-#_]\d{2,}|#\d{3,}|\b(inc|req|"
    r"tkt)\d{4,}|\b(ticket|case|request|incident|issue) ?(id|no|number)?[ .:#-]{0,3}\d{2,}|"
    r"\(#\d{2,}\)",
    re.IGNORECASE,
)
ANSWER = re.compile(
    r"\s{0,5}(re|aw|fwd?|wg|tr|rv|sv|odp|antw|vs|r|i|enc)\s?(\[\d+\])?:", re.IGNORECASE
)
# A person greets persons; a mail system, if at all, whoever sent the mail.
GREETING = re.compile(
    r"\s{0,20}(dear (?!sender|user|customer|sir|e?-?mail)|good (morning|afternoon)\b|hello,|"
    r"hi [a-z]|guten (tag|morgen)|hallo|liebe\w{0,2} (?!nutzer|kunde)|"
    r"sehr geehrte\w? (?!absender|nutzer|kunde)|bonjour|ch[eè]re? (?!client|exp)|hola|"
    r"estimad\w (?!usuario|cliente|remitente)|buongiorno|bom dia|boa tarde|"
    r"beste (?!afzender|klant)|geachte (?!afzender|klant))",
    re.IGNORECASE,
)
# What people say of themselves, and no mail system does.
PERSONAL = re.compile(
    r"\bmy (own )?(mails?|e-?mails?|message|letter|server|provider|address|account|colleague)\b|"
    r"\bplease help\b|\b(kind|best|many) (regards|wishes)\b|\bwhat (now|does (this|it) mean)\b|"
    r"\bwe opened a ticket\b|\byour ticket\b|\bmeine? (e-?mails?|nachricht)\b|\bviele grüße|"
    r"mit freundlichen grüßen|\bmon (message|mail|courriel)\b|\bmes (messages|mails)\b|"
    r"\bcordialement\b|\bmis? (correos?|mensajes?)\b|\bsaludos\b|\b(il mio|la mia|"
    r"le mie) (messaggi|mail|e-?mail)|\bmeus? e-?mails?\b|\bcumprimentos\b|\bmijn (mail|bericht)\b",
    re.IGNORECASE,
)

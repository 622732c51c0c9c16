package policy

import (
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/seal"
)

// Thread says how a message stands to others.
type Thread string

// The kinds of a thread's messages.
const (
	New     Thread = "new"
	Reply   Thread = "reply"
	Forward Thread = "forward"
)

// threadOf tells a forward by its subject, as the fields are those of a reply
// then, and a reply by its subject or by what it refers to. Tokens of ours
// are no reference: a message that has only those is a new one on a second pass.
func threadOf(h entity.Header, subject string) Thread {
	prefix := insert.ReplyPrefix(subject)
	switch {
	case forwards[strings.ReplaceAll(prefix, "\u0307", "")]: // the dot that the fold of a Turkish İ leaves
		return Forward
	case prefix != "" || h.Get("In-Reply-To") != "" || seal.WithoutTokens(h.Get(referencesField)) != "":
		return Reply
	}
	return New
}

// forwards are the prefixes of [insert.ReplyPrefix] that say forwarded. QUIRK: VS is a
// forward in Danish and Norwegian, and a reply in Finnish and Estonian; it is
// taken for a forward.
var forwards = map[string]bool{
	"fw": true, "fwd": true, "forwarded": true, // English
	"wg": true, "weitergeleitet": true, // German
	"doorst": true, "doorgestuurd": true, // Dutch
	"vs": true, "videresendt": true, "videresend": true, // Danish, Norwegian
	"vb": true, "vidarebefordrat": true, // Swedish
	"fs": true, "framsent": true, // Icelandic
	"tr": true, "transféré": true, // French
	"rv": true, "reenviar": true, "reenviado": true, // Spanish, Catalan
	"enc": true, "encaminhado": true, // Portuguese
	"i": true, "inoltra": true, "inoltro": true, // Italian
	"redir": true, "redir.": true, // Romanian
	"pd": true, "przek": true, // Polish
	"přepos": true,                    // Czech
	"posr":   true,                    // Slovene
	"пр":     true,                    // Bulgarian
	"пер":    true, "переслано": true, // Russian, Ukrainian
	"pārs": true,                     // Latvian
	"πρθ":  true, "προωθημένο": true, // Greek
	"vl": true, "välitetty": true, // Finnish
	"edasi":      true,                     // Estonian
	"továbbítás": true, "továbbítva": true, // Hungarian
	"br":     true,                   // Basque
	"ymlaen": true,                   // Welsh
	"ilt":    true, "iletilen": true, // Turkish
	"إعادة توجيه": true, "تحويل": true, // Arabic
	"הועבר": true, "העברה": true, // Hebrew
	"转发": true, "轉寄": true, "轉發": true, // Chinese
	"転送": true,                      // Japanese
	"전달": true,                      // Korean
	"ct": true, "chuyển tiếp": true, // Vietnamese
}

package entity

import (
	"path"
	"slices"
	"strings"
)

// likeness is how much the name of a text part looks like that of a message.
type likeness int

const (
	unnamed likeness = iota // it has no file name
	letter                  // the name is one that programs give to the text of a message
	perhaps                 // any other name
	files                   // a name that only files have
)

// likenessOf is that of a text leaf. The whole message needs no name to tell.
func likenessOf(p *Part) likeness {
	name := strings.ToLower(p.Filename)
	switch stem, extension := stemOf(name), path.Ext(name); {
	case name == "" || p.Parent == nil:
		return unnamed
	case slices.Contains(fileExtensions, extension):
		return files
	case isLetterStem(stem) || (p.Disposition == "inline" && p.Media.Type == "text/html"):
		return letter
	}
	return perhaps
}

// fileExtensions are those of texts that are data, source or logs: nobody's letter
// has such a name.
var fileExtensions = []string{
	".asc", ".bat", ".c", ".cfg", ".conf", ".cpp", ".crt", ".css", ".csv", ".diff", ".eml", ".h", ".ics", ".ini", ".java", ".js", ".json",
	".key", ".log", ".md", ".patch", ".pem", ".php", ".pl", ".ps1", ".py", ".rb", ".reg", ".sh", ".sql", ".srt", ".tex", ".tsv",
	".vcf", ".xml", ".yaml", ".yml",
}

// letterNames are the names, without extension, that programs give to the text of
// a message.
var letterNames = []struct{ stem, source string }{
	{"body", "SAP, scripts"},
	{"content", "scripts"},
	{"email", "CRM systems"},
	{"emailbody", "CRM systems"},
	{"html", "scripts"},
	{"htmlbody", "scripts"},
	{"letter", "scripts"},
	{"mail", "SAP, scripts"},
	{"mailbody", "scripts"},
	{"mailtext", "SAP in German"},
	{"message", "Notes, scripts"},
	{"messagebody", "scripts"},
	{"msg", "scripts"},
	{"nachricht", "SAP in German"},
	{"noname", "Gmail, for a part without a name"},
	{"text", "SAP, scripts"},
	{"textbody", "scripts"},
	{"unnamed", "gateways, for a part without a name"},
	{"untitled", "gateways, for a part without a name"},
}

// isLetterStem reports whether a name without its extension is one of a message's
// text. QUIRK: Exchange calls parts without a name ATT00001.htm and so on, others
// "part 1.2".
func isLetterStem(stem string) bool {
	for _, n := range letterNames {
		if n.stem == stem {
			return true
		}
	}
	for _, prefix := range []string{"att0", "part"} {
		if number, ok := strings.CutPrefix(stem, prefix); ok && strings.Trim(number, "0123456789._- ") == "" {
			return true
		}
	}
	return false
}

// stemOf is a name without its extension.
func stemOf(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// paired makes one body of two with file names that are the forms of one text:
// order.txt and order.html, or two names of a message's text.
func paired(all []Body) []Body {
	stems := map[string]int{} // of a text with a name and but one form -> its index
	kept := all[:0]           // never longer than what was looked at
	for _, b := range all {
		if b.likeness == unnamed || b.likeness == files {
			kept = append(kept, b)
			continue
		}
		stem := stemOf(strings.ToLower(b.Documents[0].Leaves[0].Filename))
		if isLetterStem(stem) {
			stem = "body"
		}
		i, there := stems[stem]
		if there && len(kept[i].Documents) == 1 && kept[i].Documents[0].HTML != b.Documents[0].HTML {
			kept[i].Documents = append(kept[i].Documents, b.Documents...)
			kept[i].likeness = min(kept[i].likeness, b.likeness)
			continue
		}
		if !there {
			stems[stem] = len(kept)
		}
		kept = append(kept, b)
	}
	return kept
}

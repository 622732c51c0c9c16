package insert

import "slices"

// gap stands in the text of a stem for the words that name the device or the
// program.
const gap = "…"

// stem is how the line is built that a phone or a mail program adds by itself:
// "Sent from …", "Von … gesendet". What stands in the gap must be explained by the
// vocabulary word for word.
type stem struct {
	lang   string // BCP 47
	text   string // its words, in lower case, with one gap
	needs  need   // what the gap must hold
	sample string // a line as the client writes it, for the test
}

// need is what must stand in the gap of a stem.
type need uint8

const (
	aName     need = iota // of a device, a model, a system or a program
	aMaker                // likewise, or a maker alone: the words of the stem speak of a thing
	aModel                // likewise, but not just "phone": the words of the stem are common
	aProgram              // a mail program: "Sent by", "Secured with"
	ownDevice             // a device with "my": "From my phone"
	aPlatform             // a system, and nothing else: the stem asks to install something
)

// stems are the rows of all languages.
var stems = slices.Concat(westStems, eastStems)

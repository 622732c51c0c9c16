package insert

// class says what a word does in a sign-off. A word may be of several.
type class uint16

const (
	mine       class = 1 << iota // "my", "a": makes a sign-off of a mere maker
	thing                        // what the thing in the hand is called
	model                        // a model or a series of a maker
	system                       // an operating system
	platform                     // what a program is installed on, when it says too little alone
	program                      // a mail program
	maker                        // a maker or a provider: counts with "my" or another word
	common                       // "device", "computer": likewise
	app                          // "mail", "app": makes a program of a maker
	little                       // prepositions, articles, "secure"
	qualifier                    // "Pro", "Ultra": only behind a name
	caseEnding                   // "-umdan", "-ul": likewise
	sorry                        // "please excuse"
	fault                        // "my brevity", "typos"
	excusing                     // what else an apology is made of

	from // it says by itself that something came from it or by it: "telefonumdan"

	nameable = model | system | program | maker // behind which a number, a qualifier and an ending may stand

	inGap     = from | mine | thing | common | nameable | app | little | qualifier | caseEnding | platform
	inApology = sorry | fault | excusing
)

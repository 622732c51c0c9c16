package insert

var (
	labelPhrases   = phrasesOf(contactLabels)
	socialPhrases  = phrasesOf(socials)
	sitePhrases    = phrasesOf(sites)
	companyPhrases = phrasesOf(companyForms)
	streetPhrases  = phrasesOf(streets)
	countryPhrases = phrasesOf(countries)
	rolePhrases    = phrasesOf(roles)
)

var (
	termPhrases          = phrasesOf(terms)
	meetingPhrases       = phrasesOf(meetings)
	standPhrases         = phrasesOf(stands)
	invitationPhrases    = phrasesOf(invitations)
	registerPhrases      = phrasesOf(registers)
	incorporationPhrases = phrasesOf(incorporations)
	privacyPhrases       = phrasesOf(privacy)
	lawPhrases           = phrasesOf(laws)
	officerPhrases       = phrasesOf(officers)
	selfPhrases          = phrasesOf(selves)
	cautionPhrases       = phrasesOf(cautions)
	printPhrases         = phrasesOf(printing)
	presencePhrases      = phrasesOf(presence)
)

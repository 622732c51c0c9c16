package known

import "strings"

// NameTitles are what stands before and behind names in signatures, as words in
// plain form without full stops.
var NameTitles = WordSet(
	// English, and what is used everywhere
	"mr mrs ms miss mx dr prof professor sir dame lord lady rev hon capt col maj lt sgt phd ph d dphil edd md dds dvm jd mba emba mpa mph mfa msc ms ma mres mphil meng med mlis bsc ba beng bcom bba bed bfa llb llm llmd hons cpa cma cfa acca fca aca cipd mcipd frics mrics riba ceng ieng mimeche miet mice eurint euring cissp cism cisa pmp prince itil csm cspo shrm sphr phr rn np pe pmi aia leed ap esq jr sr ii iii iv obe mbe cbe kc qc frs frsa facs frcp mrcp fcca cima acma aat mcips fcips dipl chartered",
	// German
	"herr frau dipl dipling diplingfh diplkfm diplkffr diplvolksw diplwirtsch diplwirting diplbetrw diplinf diplphys diplchem diplpsych diplgeol diplmath ing mag magfh ddr drs rer nat oec pol phil jur iur med vet dent hc habil univ fh tu ba bsc privdoz pd ra stb wp rain fachanwalt bakk dring drrernat drjur drmed drphil drhc profdr msceth meisterin meister techn betriebswirt",
	// French, Italian, Spanish, Portuguese, Catalan, Romanian
	"m mme mlle me maitre monsieur madame docteur dott dottssa dottoressa dottore avv avvocato rag ragioniere geom geometra arch architetto sig sigra signor signora sr sra srta senor senora don dona d lic licda licdo ingº inga engo enga eng arq abg abog cp dra drs prof profa exmo exma ilmo ec jur conf sdr",
	// Dutch, Nordic
	"dhr mevr mw de heer drs ir mr ing bc dhr hr fru frk herra rouva tohtori ktm dipl di civilingenjor cand mag scient polit merc siv tekn lic fil dr techn fm vm ktt tkt oikeustiet",
	// Polish, Czech, Slovak, Hungarian, Slovene, Croatian, Serbian, Bulgarian
	"pan pani inz mgr lek hab dr inż mgrinz drinz bc mga bca ing ingarch mudr judr rndr phdr mddr mvdr paeddr thdr pharmdr rsdr csc drsc dis doc prof mgr artd phmr okl ifj dr jogasz mernok univdipl spec mag mr sc dipl oec g gosp gospodin gdin inzh",
	// Turkish, Greek, Russian, Hebrew, Arabic, Asian
	"mak elk ins yuk muh muhendis mimar sn bay bayan av avukat ogr gor uyesi yrd doc docent dt uzm op sayin bey hanim kos kyrios kyria г госпожа господин д р к т н קר ד ר ה גב מר עו ד גברת م د أ السيد السيدة الدكتور الدكتورة المهندس المهندسة الأستاذ الأستاذة الحاج المحامي المحامية 様 さん 氏 先生 博士 教授 님 씨 드림 올림 배상 군 女士 先生 小姐 工程师 经理 khun nai nang nangsao en encik puan pn cik datuk dato ir ts bapak ibu bpk drh dra se st sh skom mm mt",
)

// Particles are the small words within surnames: directories and people leave
// them out or in.
var Particles = WordSet("von van vom zu zum zur der den dem des de del della dello di da dal dos das do du la le les los las el al bin bint ibn ben ten ter te op of und und y e i af av ap mac")

// Pronouns are the words in which signatures say how to speak of a person.
var Pronouns = WordSet("she her hers he him his they them theirs ze zir any sie ihr er ihm dey denen elle lui iel il ella el elle la le ela dele dela ele lei zij haar hij hem die hen hun hun hon henne han honom hen de dem hun hende ham hann hun han ona jej on jego ji jeho hen")

// WordSet is a set of words in plain form.
func WordSet(rows ...string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(strings.Join(rows, " ")) {
		set[PlainForm(w)] = true
	}
	return set
}

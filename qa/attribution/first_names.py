"""First names that tell he from she; those given to both are left out."""

from __future__ import annotations


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


FEMALE = _set(
    """
    abigail ada adele agatha agnes alexandra alice alicia alison amanda amara amelia amy ana anita
    angela ann anna anne annette annie antonia audrey aubrey barbara beatrice bella bertha beth
    betsy betty beverly brenda bridget camilla carla carmen carol carolina caroline carolyn
    catherine cecilia celia charlotte cheryl chloe christina christine claire clara claudia
    constance cynthia daisy daniela deborah debra denise diana diane dolores donna dora doris
    dorothy edith eileen elaine eleanor elena elise elizabeth ella ellen elsa elsie emily emma
    erica esther ethel eugenia eva eve evelyn fatima fiona florence frances gabriela gabrielle
    georgia gertrude gina gladys gloria grace greta gretchen hanna hannah harriet heather heidi
    helen helena henrietta hillary hilda imelda ines ingrid irene iris isabel isabella jackie jane
    janet janice jeanne jennifer jenny jessica joan joanna josephine joyce juanita judith judy
    julia juliana julie june karen kate katharine katherine kathleen kathryn katie kristin laura
    lauren leah lena liliana lillian lily linda lisa loretta lorna louise lucia lucinda lucy lydia
    mabel madeleine maggie marcia margaret margarita maria mariana marie marilyn marina marjorie
    martha mary matilda maureen megan melania melanie melissa mercedes michelle mildred miranda
    molly monica nadia nancy naomi natalia natalie natasha nicole nina nora norma olga olivia
    pamela patricia paula pauline penelope phoebe philippa phyllis polly priscilla rachel rebecca
    regina renee rita roberta rosa rosalind rose rosemary rosie ruth sally samantha sandra sara
    sarah sharon sheila shirley silvia simone sofia sonia sophia sophie stella stephanie susan
    susanna suzanne sylvia tamara tanya teresa thelma theresa tina ursula valentina valerie vanessa
    vera veronica victoria viola violet virginia vivian wendy wilma winifred yolanda yvonne zoe
    """
)

MALE = _set(
    """
    aaron abraham adam adrian ahmed alan albert alberto alejandro alexander alexei alfred ali allen
    alvin anatoly andre andreas andrei andrew angus anthony antonio antony arnold arthur barack
    barnaby barry ben benjamin bernard bernie bill bob boris brad bradley brandon brendan brian
    bruce bryan byron carl carlos cecil charles chester chris christopher chuck clarence claude
    clifford clive colin corey craig curtis cyril dan daniel david dean dennis derek diego dimitri
    dmitry dominic don donald doug douglas duncan dwight earl ed eddie edgar edmund eduardo edward
    edwin eli elijah eliot emil emmanuel enrique eric ernest ethan eugene evan felix fernando
    francisco frank frankie franklin fred frederick gabriel gary gavin geoffrey george gerald
    gerard gilbert glenn gordon graham grant greg gregory gustav guy hans harold harry harvey
    hassan hector henri henry herbert herman horace howard hugh hugo ian ibrahim igor isaac ivan
    jack jacob jake james jared jason javier jay jeb jeff jeffrey jeremy jerome jerry jesus jim
    jimmy joaquín joe joel john johnny jonathan jorge jose joseph josh joshua juan julian julius
    keith ken kenneth kevin klaus kyle larry laurence lawrence leo leon leonard leopold lewis
    lionel lloyd louis luc lucas luigi luis luke manuel marc marcel marco marcus mario mark
    marshall martin marvin mateo matt matthew maurice max michael miguel mike mikhail milton mitch
    mitchell mohamed mohammed muhammad nathan nathaniel neil newt nicholas nick nigel nikolai noah
    norman oleg oliver omar oscar otto owen pablo patrick paul pavel pedro percy pete peter phil
    philip pierre rafael ralph ramon randy raymond rex ricardo richard rick rob robert roberto
    rodney roger roland ron ronald roy rudolph rudy rupert russell ryan salvador sam samir samuel
    scott sean sebastian serge sergei seth sidney simon spencer stanley stephen steve steven stuart
    ted terence theodore thomas tim timothy tobias toby todd tom tomas tommy tony trevor tyler
    vernon victor viktor vincent vladimir walter warren wayne wilfred will william willie winston
    yuri zachary
    """
)

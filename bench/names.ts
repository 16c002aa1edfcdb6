/** Names of one language, the common ones first; `written:ascii` where an email writes them in another way. */
export interface Language {
  givenNames: readonly string[]
  familyNames: readonly string[]
  familyNameFirst: boolean
}

export const ENGLISH: Language = {
  givenNames:
    words(`James Mary Michael Patricia Robert Jennifer John Linda David Elizabeth William Barbara Richard Susan
    Joseph Jessica Thomas Karen Christopher Sarah Charles Lisa Daniel Nancy Matthew Sandra Anthony Ashley Mark Emily
    Steven Kimberly Andrew Donna Paul Michelle Joshua Carol Kenneth Amanda Kevin Melissa Brian Deborah Timothy Stephanie
    Ronald Rebecca Jason Sharon George Laura Edward Cynthia Jeffrey Amy Ryan Kathleen Jacob Angela Nicholas Dorothy Gary
    Shirley Eric Emma Jonathan Brenda Stephen Nicole Larry Pamela Justin Samantha Benjamin Anna Scott Katherine Brandon
    Christine Samuel Debra Gregory Rachel Alexander Olivia Patrick Carolyn Frank Maria Jack Janet Dennis Heather Tyler
    Diane Xavier Zelda`),
  familyNames: words(`Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin
    Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker
    Hall Campbell Mitchell Carter Roberts Phillips Evans Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers
    Morgan Cooper Peterson Reed Bailey Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray James Hughes
    Price Myers Long Foster Sanders Ross Morales Powell Sullivan Russell Ortiz Jenkins Perry Butler Barnes Fisher
    Henderson Coleman Simmons Patterson Jordan Reynolds Hamilton Graham Kim Wallace Griffin West Cole Hayes Chavez
    Gibson Bryant Ellis Stevens Murray Ford Marshall Owens Harrison Woods Kennedy Wells Vasquez Freeman Webb Tucker
    Knox Quigley Fitzgerald Huxtable`),
  familyNameFirst: false,
}

export const EUROPEAN: Language = {
  givenNames: words(`José:jose Jürgen:juergen François:francois María:maria André:andre Zoë:zoe Søren:soeren
    Renée:renee Łukasz:lukasz Jiří:jiri Márta:marta Günther:guenther Élodie:elodie Íñigo:inigo Åsa:asa Mathéo:matheo
    Lucía:lucia Béla:bela Božena:bozena Sébastien:sebastien Käthe:kaethe Mónica:monica Noémie:noemie Ramón:ramon Pierre
    Anke Lorenzo Giulia Femke Ingrid`),
  familyNames: words(`García:garcia Müller:mueller Fernández:fernandez Lefèvre:lefevre Sørensen:soerensen Nuñez:nunez
    Wójcik:wojcik Dvořák:dvorak Schröder:schroeder Álvarez:alvarez Lindström:lindstroem Kovács:kovacs Beaumont Nagy
    Žižka:zizka Désiré:desire Gonçalves:goncalves Özdemir:oezdemir Jiménez:jimenez Brontë:bronte Peña:pena Weiß:weiss
    Rossi Bianchi Janssen Hélier:helier Ångström:angstroem Pérez:perez Böhm:boehm Côté:cote`),
  familyNameFirst: false,
}

export const CYRILLIC: Language = {
  givenNames: words(`Анна:anna Иван:ivan Мария:mariya Дмитрий:dmitry Елена:elena Сергей:sergey Ольга:olga Андрей:andrey
    Наталья:natalya Алексей:alexey Екатерина:ekaterina Михаил:mikhail Жанна:zhanna Юрий:yury Оксана:oksana Богдан:bogdan`),
  familyNames: words(`Иваненко:ivanenko Смирнов:smirnov Кузнецов:kuznetsov Попов:popov Шевченко:shevchenko
    Морозов:morozov Волков:volkov Бондаренко:bondarenko Лебедев:lebedev Козлов:kozlov Новиков:novikov
    Коваленко:kovalenko Жуков:zhukov Ткачук:tkachuk Белов:belov Щукин:shchukin`),
  familyNameFirst: false,
}

export const CHINESE: Language = {
  givenNames:
    words(`伟:wei 芳:fang 娜:na 敏:min 静:jing 秀英:xiuying 丽:li 强:qiang 磊:lei 洋:yang 勇:yong 艳:yan 杰:jie
    娟:juan 涛:tao 明:ming 超:chao 霞:xia 平:ping 桂英:guiying`),
  familyNames: words(`王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 黄:huang 周:zhou 吴:wu 徐:xu 孙:sun 胡:hu
    朱:zhu 高:gao 林:lin 何:he 郭:guo 欧阳:ouyang 诸葛:zhuge`),
  familyNameFirst: true,
}

function words(text: string): string[] {
  return text.split(/\s+/)
}

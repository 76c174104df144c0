// What the server says of options, kinds of work, machines and materials, in French, by its own English text: a text that
// changes there is shown as it is until it is translated anew.
export const help: Readonly<Record<string, string>> = {
  "New pictures from a description, one or several, in the shape you need.":
    "De nouvelles images à partir d’une description, une ou plusieurs, au format voulu.",
  "Crop, turn, size, light, colour and background; add, remove and replace with a model.":
    "Recadrer, tourner, taille, lumière, couleur et arrière-plan ; ajouter, retirer et remplacer avec un modèle.",
  "The same picture larger, sharper, with less noise or better exposed.":
    "La même image plus grande, plus nette, moins bruitée ou mieux exposée.",
  "A photograph as a drawing, cartoon, painting or mosaic, or in another picture's colours or texture.":
    "Une photographie en dessin, en bande dessinée, en peinture ou en mosaïque, ou aux couleurs ou à la texture d’une autre image.",
  "A clip that begins with your picture, and ends with another one if you give it.":
    "Un clip qui commence par votre image, et finit par une autre si vous la donnez.",
  "A silent clip from a description.": "Un clip muet à partir d’une description.",
  "A clip with voices, music or noises from a description, with or without a first picture.":
    "Un clip avec voix, musique ou bruits à partir d’une description, avec ou sans première image.",
  "The same clip larger, smoother, in slow motion, with less noise, or drawn.":
    "Le même clip plus grand, plus fluide, au ralenti, moins bruité, ou dessiné.",
  "Another cut, colour or beard for the person in a picture, who stays the same.":
    "Une autre coupe, couleur ou barbe pour la personne d’une image, qui reste la même.",
  "The clothes and look of an era, an event, somebody famous or other pictures, on a person.":
    "Les vêtements et le look d’une époque, d’un événement, d’une célébrité ou d’autres images, sur une personne.",
  "A garment from a picture on a person, as it would sit.":
    "Un vêtement d’une image sur une personne, comme il tomberait.",
  "Which colours and lines suit the person in a picture, and why.":
    "Quelles couleurs et quelles lignes vont à la personne d’une image, et pourquoi.",
  "Complete looks for an occasion, the weather and a budget.":
    "Des tenues complètes selon l’occasion, le temps et le budget.",
  "A picture, drawing, text or box as a checked job at true size, engraved, cut or scored: G-code, drawings and preview.":
    "Une image, un dessin, un texte ou une boîte en travail vérifié à la taille réelle, gravé, découpé ou marqué : G-code, dessins et aperçu.",
  "Width x height of each picture in pixels.": "Largeur x hauteur de chaque image, en pixels.",
  "How many pictures to make; each has its price.": "Combien d’images faire ; chacune a son prix.",
  "The same seed gives the same picture again, with models that take one.":
    "La même graine redonne la même image, avec les modèles qui en prennent une.",
  "The model's own quality setting; auto leaves it to the model.":
    "Le réglage de qualité propre au modèle ; automatique lui laisse le choix.",
  "What must not be seen in the picture.": "Ce qui ne doit pas se voir dans l’image.",
  "Degrees, clockwise; quarter turns lose nothing, other angles crop.":
    "Degrés, dans le sens horaire ; les quarts de tour ne perdent rien, les autres angles recadrent.",
  "Mirror left and right (horizontal) or top and bottom (vertical).":
    "Retourner de gauche à droite (horizontal) ou de haut en bas (vertical).",
  "Crop to these proportions, width:height, such as 1:1, 4:5 or 16:9; keeps what matters most.":
    "Recadrer à ces proportions, largeur:hauteur, comme 1:1, 4:5 ou 16:9 ; garde ce qui compte le plus.",
  "Crop to this box: left,top,width,height in pixels, after turning and mirroring.":
    "Recadrer à ce rectangle : gauche,haut,largeur,hauteur en pixels, après rotation et miroir.",
  "Width of the result, pixels.": "Largeur du résultat, en pixels.",
  "Height of the result, pixels; with a width too, it is cropped to fit.":
    "Hauteur du résultat, en pixels ; avec une largeur aussi, l’image est recadrée pour tenir.",
  "Stops (EV): 1 is twice the light.": "En diaphragmes (IL) : 1 double la lumière.",
  "Below 0 flatter, above 0 stronger.": "Sous 0 plus doux, au-dessus de 0 plus fort.",
  "Below 0 cooler (bluer), above 0 warmer.": "Sous 0 plus froid (plus bleu), au-dessus de 0 plus chaud.",
  "Below 0 greener, above 0 more magenta.": "Sous 0 plus vert, au-dessus de 0 plus magenta.",
  "-1 is black and white, 1 twice as colourful.":
    "-1 donne du noir et blanc, 1 des couleurs deux fois plus vives.",
  "Blur what is behind the subject, or make a plain background transparent.":
    "Flouter ce qui est derrière le sujet, ou rendre transparent un arrière-plan uni.",
  "What else is to change, in words; needs a generative model.":
    "Ce qui doit encore changer, en mots ; demande un modèle génératif.",
  "How far a generative model may go: 0.2 subtly, 0.9 boldly.":
    "Jusqu’où un modèle génératif peut aller : 0.2 légèrement, 0.9 hardiment.",
  "File format of the result; by default that of the source, or PNG.":
    "Format de fichier du résultat ; par défaut celui de la source, ou PNG.",
  "How many times wider and higher. A size in pixels takes its place.":
    "Combien de fois plus large et plus haut. Une taille en pixels le remplace.",
  "Width in pixels; the proportions are kept.": "Largeur en pixels ; les proportions sont gardées.",
  "Height in pixels; with a width, too, the picture fits inside both.":
    "Hauteur en pixels ; avec une largeur aussi, l’image tient dans les deux.",
  "Longer side in pixels, for pictures in either orientation.":
    "Le plus long côté en pixels, pour des images dans les deux sens.",
  "Sharpening; 0 is none, 1 is strong.": "Netteté ; 0 aucune, 1 forte.",
  "Removal of noise and grain; 0 is none, 1 is strong.":
    "Suppression du bruit et du grain ; 0 aucune, 1 forte.",
  "Correct a picture that is too dark, bright or flat.":
    "Corriger une image trop sombre, trop claire ou terne.",
  "Make the most of the picture for a purpose: noise, exposure, sharpness and, unless it is given in pixels, the size are chosen by what is measured in it. Takes the place of scale and sharpen.":
    "Tirer le meilleur de l’image pour un usage : bruit, exposition, netteté et, sauf si elle est donnée en pixels, la taille sont choisis d’après ce qui y est mesuré. Remplace agrandissement et netteté.",
  "Repair an old or damaged picture: scratches, stains, fading, faces; needs a generative model.":
    "Réparer une image ancienne ou abîmée : rayures, taches, pâleur, visages ; demande un modèle génératif.",
  "Give a black and white picture colours; needs a generative model.":
    "Donner des couleurs à une image en noir et blanc ; demande un modèle génératif.",
  "Let a generative model add detail that is not in the picture; it chooses the size itself.":
    "Laisser un modèle génératif ajouter des détails qui ne sont pas dans l’image ; il choisit lui-même la taille.",
  "Only this part of the picture, left,top,width,height in its pixels, as the whole run would make it.":
    "Cette partie de l’image seulement, gauche,haut,largeur,hauteur en pixels, telle que le travail entier la ferait.",
  "pencil_sketch, cartoon, oil_paint, watercolour, mosaic, colour_transfer and texture are made on this machine, the last two after a reference picture; the other styles need a generative model.":
    "Crayon, bande dessinée, huile, aquarelle, mosaïque, transfert de couleurs et texture se font sur cette machine, les deux derniers d’après une image de référence ; les autres styles demandent un modèle génératif.",
  "0 leaves the picture as it is, 1 is all style.": "0 laisse l’image telle quelle, 1 est tout style.",
  "Length in seconds; by default the model's own. Most models make 5, 6, 8 or 10.":
    "Durée en secondes ; par défaut celle du modèle. La plupart en font 5, 6, 8 ou 10.",
  "At least this many lines; auto leaves it to the model. More cost more.":
    "Au moins ce nombre de lignes ; automatique laisse le choix au modèle. Plus de lignes coûtent plus.",
  "Width to height: 16:9 is wide, 9:16 vertical; auto follows the picture or the model.":
    "Largeur sur hauteur : 16:9 est large, 9:16 vertical ; automatique suit l’image ou le modèle.",
  "How the camera moves; auto: as the description says.":
    "Comment la caméra bouge ; automatique : comme le dit la description.",
  "Pictures a second, with models that let it be chosen.":
    "Images par seconde, avec les modèles qui laissent choisir.",
  "What must not be seen, with models that take it apart.":
    "Ce qui ne doit pas se voir, avec les modèles qui le prennent à part.",
  "The same seed gives the same clip again, with models that take one.":
    "La même graine redonne le même clip, avec les modèles qui en prennent une.",
  "With a sound track; only some models make one.":
    "Avec une bande-son ; seuls certains modèles en font une.",
  "How many times wider and higher; by default 2 when nothing else is asked for. A size in pixels takes its place.":
    "Combien de fois plus large et plus haut ; par défaut 2 quand rien d’autre n’est demandé. Une taille en pixels le remplace.",
  "Height in pixels; with a width, too, the clip fits inside both.":
    "Hauteur en pixels ; avec une largeur aussi, le clip tient dans les deux.",
  "Pictures a second; new ones are made along the motion.":
    "Images par seconde ; les nouvelles sont faites en suivant le mouvement.",
  "So many times as many pictures a second, instead of fps.":
    "Autant de fois plus d’images par seconde, au lieu de les compter.",
  "Slow motion: so many times slower; the pitch of the sound is kept.":
    "Ralenti : autant de fois plus lent ; la hauteur du son est gardée.",
  "Draw the clip, steadily from picture to picture; colour_transfer and texture take after a reference picture.":
    "Dessiner le clip, stable d’une image à l’autre ; transfert de couleurs et texture suivent une image de référence.",
  "Of the style; 0 is the original.": "Du style ; 0 est l’original.",
  "Keep the sound.": "Garder le son.",
  "Only the first seconds (2s) or a span of them (10-12s), as the whole run would make them.":
    "Les premières secondes seulement (2s) ou un passage (10-12s), tels que le travail entier les ferait.",
  "The cut or style: bob, pixie cut, curly, or in your own words.":
    "La coupe ou le style : carré, pixie, bouclé, ou dans vos propres mots.",
  "The colour: copper, platinum blonde, or in your own words.":
    "La couleur : cuivre, blond platine, ou dans vos propres mots.",
  "How long the hair is to be.": "De quelle longueur seront les cheveux.",
  "The beard; none is clean-shaven.": "La barbe ; aucune veut dire rasé de près.",
  "What else must not change, such as the fringe; face, clothes and background never do.":
    "Ce qui ne doit pas changer non plus, comme la frange ; visage, vêtements et arrière-plan ne changent jamais.",
  "Whose look it is; by default what the sentence was taken for.":
    "Le look de qui ; par défaut ce que la phrase a fait comprendre.",
  "Whether the place may change with the look.": "Si le lieu peut changer avec le look.",
  "What else must not change; face and figure never do.":
    "Ce qui ne doit pas changer non plus ; visage et silhouette ne changent jamais.",
  "What it is: upper or lower body, a dress, or other (shoes, hat, bag, jewellery).":
    "Ce que c’est : haut ou bas du corps, robe, ou autre (chaussures, chapeau, sac, bijoux).",
  "How it is to sit.": "Comment il doit tomber.",
  "Whether a top is tucked in.": "Si un haut est rentré.",
  "How sleeves are worn.": "Comment les manches se portent.",
  "Keep the picture of the person after the work; without, it is removed.":
    "Garder l’image de la personne après le travail ; sinon elle est supprimée.",
  "Show the picture to the vision model of the settings as well; it leaves this machine then.":
    "Montrer aussi l’image au modèle de vision des réglages ; elle quitte alors cette machine.",
  "Such as wedding_guest, office, date; empty: any.":
    "Par exemple wedding_guest, office, date ; vide : n’importe laquelle.",
  "When it is to be worn.": "Quand on la portera.",
  "How warm it will be, in degrees Celsius.": "Combien il fera, en degrés Celsius.",
  "It will be wet.": "Il pleuvra.",
  "For a whole look, such as 200 EUR; what is owned costs nothing.":
    "Pour une tenue entière, comme 200 EUR ; ce qu’on possède ne coûte rien.",
  "How many looks.": "Combien de tenues.",
  "Whose clothes; all when left out.": "Les vêtements de qui ; tous si rien n’est dit.",
  "Which styles are wanted.": "Quels styles sont voulus.",
  "Where the clothes come from.": "D’où viennent les vêtements.",
  "Ids of items that every look must have.": "Identifiants des articles que chaque tenue doit avoir.",
  "Another seed, other looks.": "Une autre graine, d’autres tenues.",
  "What to choose from; left out, the wardrobe and the shops' offers are taken.":
    "Dans quoi choisir ; sinon la garde-robe et les offres des boutiques.",
  "What earlier answers taught; left out, it is looked up.":
    "Ce que les réponses passées ont appris ; sinon cela est retrouvé.",
  "engrave burns the picture in lines of dots; cut and score follow outlines; auto takes what suits the picture and says why. text, box and testgrid need no picture.":
    "Graver brûle l’image en lignes de points ; découper et marquer suivent les contours ; automatique prend ce qui va à l’image et dit pourquoi. Texte, boîte et grille d’essai se passent d’image.",
  "Width in mm; 100 when neither side is given. The picture's proportions are kept.":
    "Largeur en mm ; 100 si aucun côté n’est donné. Les proportions de l’image sont gardées.",
  "Height in mm. With both sides given, the picture fits inside them.":
    "Hauteur en mm. Avec les deux côtés, l’image tient dedans.",
  "What is engraved: plywood-3mm, mdf-3mm, cork, leather, acrylic-cast, slate or card, or its name in English, Russian, French, Spanish or German.":
    "Ce qui est gravé : plywood-3mm, mdf-3mm, cork, leather, acrylic-cast, slate ou card, ou son nom en français, anglais, russe, espagnol ou allemand.",
  "The laser: diode-5w, diode-10w, diode-20w or co2-40w.":
    "Le laser : diode-5w, diode-10w, diode-20w ou co2-40w.",
  "How grey becomes dots: error diffusion for photographs (jarvis is calm, floyd-steinberg fine, atkinson light), bayer for a regular pattern, threshold for line art.":
    "Comment le gris devient des points : diffusion d’erreur pour les photographies (jarvis est calme, floyd-steinberg fin, atkinson clair), bayer pour une trame régulière, seuil pour le trait.",
  "Distance of the burnt lines in mm; by default the material's.":
    "Distance entre les lignes brûlées, en mm ; par défaut celle du matériau.",
  "Width of one burnt line in mm, measured on a test burn; by default the material's.":
    "Largeur d’une ligne brûlée, en mm, mesurée sur un essai ; par défaut celle du matériau.",
  "Power in percent of the machine's; by default the material's starting point.":
    "Puissance en pour cent de celle de la machine ; par défaut le point de départ du matériau.",
  "Speed in mm/min; by default the material's starting point.":
    "Vitesse en mm/min ; par défaut le point de départ du matériau.",
  "How often the whole picture is burnt; by default once.":
    "Combien de fois toute l’image est brûlée ; par défaut une.",
  "Width of the machine's bed in mm.": "Largeur du plateau de la machine, en mm.",
  "Height of the machine's bed in mm.": "Hauteur du plateau de la machine, en mm.",
  "Burn the light parts instead of the dark ones. Materials that burn lighter than their surface are inverted without asking.":
    "Brûler les parties claires au lieu des sombres. Les matériaux qui brûlent plus clair que leur surface sont inversés sans demander.",
  "How much local contrast is raised; 0 keeps the tones.":
    "De combien le contraste local est relevé ; 0 garde les tons.",
  "Width of the cut in mm, so that parts come out to size; by default the material's.":
    "Largeur de la coupe en mm, pour que les pièces aient leur taille ; par défaut celle du matériau.",
  "The same in Y, for a beam that is not round; by default as in X.":
    "La même en Y, pour un faisceau qui n’est pas rond ; par défaut comme en X.",
  "So many tabs hold each cut part in the sheet.":
    "Autant d’attaches tiennent chaque pièce découpée dans la plaque.",
  "Width of a tab in mm.": "Largeur d’une attache, en mm.",
  "Width in mm of bridges that hold the islands of a stencil; 0 for none.":
    "Largeur en mm des ponts qui tiennent les îlots d’un pochoir ; 0 pour aucun.",
  "Length in mm of lead-in and lead-out, which keep the scar of piercing off the part; 0 for none.":
    "Longueur en mm des entrées et sorties de coupe, qui éloignent de la pièce la marque du perçage ; 0 pour aucune.",
  "Score one line along the middle of strokes, or their edges; by default what the picture's lines are.":
    "Marquer une ligne au milieu des traits, ou leurs bords ; par défaut selon les lignes de l’image.",
  "Score so many tones instead of one outline.": "Marquer autant de tons au lieu d’un contour.",
  "How far outside of an engraved figure it is cut out, in mm.":
    "À quelle distance autour d’une figure gravée on la découpe, en mm.",
  "The controller's kind of G-code, for cuts and scores.":
    "Le G-code du contrôleur, pour découper et marquer.",
  "What an hour of the machine costs, in dollars, for the estimate of cuts and scores.":
    "Ce que coûte une heure de machine, en dollars, pour l’estimation des coupes et des marquages.",
  "What process text burns; lines are kept.": "Ce que brûle le procédé texte ; les lignes sont gardées.",
  "single-line letters are strokes, as with a pen; outline engraves the areas of the letters of a font of this system, and cut cuts them out. By default outline, or strokes where there is no font.":
    "Des lettres à trait unique, comme à la plume ; outline grave les surfaces des lettres d’une police de ce système, et cut les découpe. Par défaut outline, ou le trait là où il n’y a pas de police.",
  "Height of capital letters in mm; by default from the width, or else 10.":
    "Hauteur des majuscules en mm ; par défaut d’après la largeur, sinon 10.",
  "Which box; `bottega laser box list` describes them.":
    "Quelle boîte ; `bottega laser box list` les décrit.",
  "Width of the box inside, in mm.": "Largeur intérieure de la boîte, en mm.",
  "Depth of the box inside, in mm.": "Profondeur intérieure de la boîte, en mm.",
  "Height of the box inside, in mm.": "Hauteur intérieure de la boîte, en mm.",
  "The box's sizes are those of its outside.": "Les cotes de la boîte sont celles de son extérieur.",
  "Thickness of the box's material in mm, as measured; by default as the material is called.":
    "Épaisseur du matériau de la boîte en mm, telle que mesurée ; par défaut celle que dit son nom.",
  "Width of the box's fingers in mm.": "Largeur des dents de la boîte, en mm.",
  "How much wider the box's slots are than its teeth, in mm.":
    "De combien les fentes de la boîte sont plus larges que ses dents, en mm.",
  "Compartments of the box side by side.": "Compartiments de la boîte côte à côte.",
  "Compartments of the box behind each other.": "Compartiments de la boîte l’un derrière l’autre.",
  "Drawers or shelves of the box.": "Tiroirs ou étagères de la boîte.",
  "Score the names of the box's parts.": "Marquer les noms des pièces de la boîte.",
  "Width of the sheets that a box is cut from, in mm; by default what the bed takes.":
    "Largeur des plaques où une boîte est découpée, en mm ; par défaut ce que prend le plateau.",
  "Height of these sheets in mm; by default what the bed takes.":
    "Hauteur de ces plaques en mm ; par défaut ce que prend le plateau.",
  "What a test grid tries.": "Ce qu’essaie une grille d’essai.",
  "Powers in percent that a test grid tries; by default around the starting point.":
    "Puissances en pour cent qu’essaie une grille ; par défaut autour du point de départ.",
  "Speeds in mm/min that a test grid tries; by default around the starting point.":
    "Vitesses en mm/min qu’essaie une grille ; par défaut autour du point de départ.",
  "Line intervals in mm that a test grid tries; by default around the starting point.":
    "Intervalles de lignes en mm qu’essaie une grille ; par défaut autour du point de départ.",
  "Files wanted: G-code and SVG, for lines DXF and LightBurn too, for boxes PDF as well, when nothing is named.":
    "Fichiers voulus : G-code et SVG, pour les lignes aussi DXF et LightBurn, pour les boîtes aussi PDF, si rien n’est nommé.",
  "Diode laser, 5 W optical": "Laser à diode, 5 W optiques",
  "Diode laser, 10 W optical": "Laser à diode, 10 W optiques",
  "Diode laser, 20 W optical": "Laser à diode, 20 W optiques",
  "CO2 laser, 40 W, with a GRBL board": "Laser CO2, 40 W, avec une carte GRBL",
  "CO2 laser, 60 W, with a GRBL board": "Laser CO2, 60 W, avec une carte GRBL",
  "CO2 laser, 80 W, with a GRBL board": "Laser CO2, 80 W, avec une carte GRBL",
  "Extruded acrylic": "Acrylique extrudé",
  "Extruded acrylic melts rather than frosts; it cuts well.":
    "L’acrylique extrudé fond au lieu de blanchir ; il se découpe bien.",
  "Diode beams pass through clear and blue acrylic: it needs a CO2 laser.":
    "Le faisceau d’une diode traverse l’acrylique clair et bleu : il faut un laser CO2.",
  "MDF, 6 mm": "MDF, 6 mm",
  "Plywood, 6 mm": "Contreplaqué, 6 mm",
  "Plywood, 4 mm": "Contreplaqué, 4 mm",
  "Plywood, 3 mm": "Contreplaqué, 3 mm",
  "MDF, 3 mm": "MDF, 3 mm",
  Cork: "Liège",
  "Vegetable-tanned leather": "Cuir à tannage végétal",
  "Only vegetable-tanned leather: chrome-tanned leather gives off toxic chromium compounds.":
    "Seulement du cuir à tannage végétal : le cuir au chrome dégage des composés de chrome toxiques.",
  "Cast acrylic": "Acrylique coulé",
  "Cast acrylic engraves white; extruded acrylic only melts. The preview shows it on a dark ground.":
    "L’acrylique coulé se grave en blanc ; l’acrylique extrudé ne fait que fondre. L’aperçu le montre sur fond sombre.",
  Slate: "Ardoise",
  "Uncoated card": "Carton non couché",
  "Card catches fire easily: keep it watched, with air assist.":
    "Le carton prend feu facilement : surveillez-le, avec l’assistance d’air.",
  Glass: "Verre",
  "Tempered glass may shatter; a damp paper over the glass evens the frost.":
    "Le verre trempé peut éclater ; un papier humide posé dessus égalise le dépoli.",
  "Glass lets a diode beam through: it needs a CO2 laser, or a black coating that is burnt off.":
    "Le verre laisse passer le faisceau d’une diode : il faut un laser CO2, ou une couche noire que l’on brûle.",
  "Anodised aluminium": "Aluminium anodisé",
  "Only the dye of the anodised layer is bleached; bare metal reflects the beam and cannot be engraved.":
    "Seule la teinte de la couche anodisée est blanchie ; le métal nu réfléchit le faisceau et ne se grave pas.",
  Paper: "Papier",
  "Paper catches fire easily: keep it watched, with air assist.":
    "Le papier prend feu facilement : surveillez-le, avec l’assistance d’air.",
  "Wool felt": "Feutre de laine",
  "Only wool felt: synthetic felt melts and may hold PVC.":
    "Seulement du feutre de laine : le feutre synthétique fond et peut contenir du PVC.",
  Bamboo: "Bambou",
  Stone: "Pierre",
  "Laser rubber": "Caoutchouc pour laser",
  "Only rubber sold for lasers: others hold chlorine. Stamps want several passes and good extraction.":
    "Seulement du caoutchouc vendu pour le laser : les autres contiennent du chlore. Les tampons demandent plusieurs passes et une bonne aspiration.",
};

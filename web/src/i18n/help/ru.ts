// What the server says of options, kinds of work, machines and materials, in Russian, by its own English text: a text that
// changes there is shown as it is until it is translated anew.
export const help: Readonly<Record<string, string>> = {
  "New pictures from a description, one or several, in the shape you need.":
    "Новые картинки по описанию, одна или несколько, нужного формата.",
  "Crop, turn, size, light, colour and background; add, remove and replace with a model.":
    "Кадр, поворот, размер, свет, цвет и фон; добавить, убрать и заменить с помощью модели.",
  "The same picture larger, sharper, with less noise or better exposed.":
    "Та же картинка больше, резче, с меньшим шумом или лучшей экспозицией.",
  "A photograph as a drawing, cartoon, painting or mosaic, or in another picture's colours or texture.":
    "Фотография как рисунок, мультфильм, живопись или мозаика, либо в цветах или фактуре другой картинки.",
  "A clip that begins with your picture, and ends with another one if you give it.":
    "Клип, который начинается с вашей картинки и заканчивается другой, если она дана.",
  "A silent clip from a description.": "Немой клип по описанию.",
  "A clip with voices, music or noises from a description, with or without a first picture.":
    "Клип с голосами, музыкой или шумами по описанию, с первой картинкой или без неё.",
  "The same clip larger, smoother, in slow motion, with less noise, or drawn.":
    "Тот же клип больше, плавнее, замедленный, с меньшим шумом или рисованный.",
  "Another cut, colour or beard for the person in a picture, who stays the same.":
    "Другая стрижка, цвет волос или борода для человека на картинке, который остаётся собой.",
  "The clothes and look of an era, an event, somebody famous or other pictures, on a person.":
    "Одежда и облик эпохи, события, знаменитости или других картинок — на человеке.",
  "A garment from a picture on a person, as it would sit.":
    "Вещь с картинки на человеке, так, как она бы сидела.",
  "Which colours and lines suit the person in a picture, and why.":
    "Какие цвета и линии идут человеку на картинке и почему.",
  "Complete looks for an occasion, the weather and a budget.": "Полные образы по случаю, погоде и бюджету.",
  "A picture, drawing, text or box as a checked job at true size, engraved, cut or scored: G-code, drawings and preview.":
    "Картинка, чертёж, текст или коробка как проверенное задание в натуральную величину — гравировка, резка или разметка: G-code, чертежи и предпросмотр.",
  "Width x height of each picture in pixels.": "Ширина x высота каждой картинки в пикселях.",
  "How many pictures to make; each has its price.": "Сколько картинок сделать; у каждой своя цена.",
  "The same seed gives the same picture again, with models that take one.":
    "То же зерно снова даёт ту же картинку, если модель его принимает.",
  "The model's own quality setting; auto leaves it to the model.":
    "Собственная настройка качества модели; «автоматически» оставляет выбор ей.",
  "What must not be seen in the picture.": "Чего не должно быть видно на картинке.",
  "Degrees, clockwise; quarter turns lose nothing, other angles crop.":
    "Градусы по часовой стрелке; четверти оборота ничего не теряют, другие углы обрезают.",
  "Mirror left and right (horizontal) or top and bottom (vertical).":
    "Отразить слева направо (горизонтально) или сверху вниз (вертикально).",
  "Crop to these proportions, width:height, such as 1:1, 4:5 or 16:9; keeps what matters most.":
    "Обрезать до этих пропорций, ширина:высота, например 1:1, 4:5 или 16:9; сохраняет самое важное.",
  "Crop to this box: left,top,width,height in pixels, after turning and mirroring.":
    "Обрезать по этой рамке: слева,сверху,ширина,высота в пикселях, после поворота и отражения.",
  "Width of the result, pixels.": "Ширина результата в пикселях.",
  "Height of the result, pixels; with a width too, it is cropped to fit.":
    "Высота результата в пикселях; если дана и ширина, картинка обрезается под них.",
  "Stops (EV): 1 is twice the light.": "Ступени (EV): 1 — вдвое больше света.",
  "Below 0 flatter, above 0 stronger.": "Ниже 0 мягче, выше 0 сильнее.",
  "Below 0 cooler (bluer), above 0 warmer.": "Ниже 0 холоднее (синее), выше 0 теплее.",
  "Below 0 greener, above 0 more magenta.": "Ниже 0 зеленее, выше 0 пурпурнее.",
  "-1 is black and white, 1 twice as colourful.": "-1 — чёрно-белое, 1 — вдвое ярче цвета.",
  "Blur what is behind the subject, or make a plain background transparent.":
    "Размыть то, что за объектом, или сделать однородный фон прозрачным.",
  "What else is to change, in words; needs a generative model.":
    "Что ещё изменить, словами; нужна генеративная модель.",
  "How far a generative model may go: 0.2 subtly, 0.9 boldly.":
    "Как далеко может зайти генеративная модель: 0.2 — чуть, 0.9 — смело.",
  "File format of the result; by default that of the source, or PNG.":
    "Формат файла результата; по умолчанию как у исходного, либо PNG.",
  "How many times wider and higher. A size in pixels takes its place.":
    "Во сколько раз шире и выше. Размер в пикселях его заменяет.",
  "Width in pixels; the proportions are kept.": "Ширина в пикселях; пропорции сохраняются.",
  "Height in pixels; with a width, too, the picture fits inside both.":
    "Высота в пикселях; если дана и ширина, картинка вписывается в обе.",
  "Longer side in pixels, for pictures in either orientation.":
    "Длинная сторона в пикселях, для картинок любой ориентации.",
  "Sharpening; 0 is none, 1 is strong.": "Резкость; 0 — нет, 1 — сильная.",
  "Removal of noise and grain; 0 is none, 1 is strong.": "Удаление шума и зерна; 0 — нет, 1 — сильное.",
  "Correct a picture that is too dark, bright or flat.":
    "Исправить картинку, которая слишком тёмная, светлая или тусклая.",
  "Make the most of the picture for a purpose: noise, exposure, sharpness and, unless it is given in pixels, the size are chosen by what is measured in it. Takes the place of scale and sharpen.":
    "Взять от картинки лучшее для цели: шум, экспозиция, резкость и, если он не задан в пикселях, размер выбираются по измерениям. Заменяет увеличение и резкость.",
  "Repair an old or damaged picture: scratches, stains, fading, faces; needs a generative model.":
    "Восстановить старую или повреждённую картинку: царапины, пятна, выцветание, лица; нужна генеративная модель.",
  "Give a black and white picture colours; needs a generative model.":
    "Раскрасить чёрно-белую картинку; нужна генеративная модель.",
  "Let a generative model add detail that is not in the picture; it chooses the size itself.":
    "Позволить генеративной модели добавить детали, которых на картинке нет; размер она выбирает сама.",
  "Only this part of the picture, left,top,width,height in its pixels, as the whole run would make it.":
    "Только эта часть картинки, слева,сверху,ширина,высота в её пикселях, такой, какой её сделала бы вся работа.",
  "pencil_sketch, cartoon, oil_paint, watercolour, mosaic, colour_transfer and texture are made on this machine, the last two after a reference picture; the other styles need a generative model.":
    "Карандаш, мультфильм, масло, акварель, мозаика, перенос цветов и фактура делаются на этой машине, последние две — по картинке-референсу; для других стилей нужна генеративная модель.",
  "0 leaves the picture as it is, 1 is all style.": "0 оставляет картинку как есть, 1 — только стиль.",
  "Length in seconds; by default the model's own. Most models make 5, 6, 8 or 10.":
    "Длительность в секундах; по умолчанию как у модели. Большинство делает 5, 6, 8 или 10.",
  "At least this many lines; auto leaves it to the model. More cost more.":
    "Не меньше стольких строк; «автоматически» оставляет выбор модели. Больше строк — дороже.",
  "Width to height: 16:9 is wide, 9:16 vertical; auto follows the picture or the model.":
    "Ширина к высоте: 16:9 — широкий, 9:16 — вертикальный; «автоматически» следует картинке или модели.",
  "How the camera moves; auto: as the description says.":
    "Как движется камера; автоматически — как сказано в описании.",
  "Pictures a second, with models that let it be chosen.":
    "Кадров в секунду, если модель позволяет выбирать.",
  "What must not be seen, with models that take it apart.":
    "Чего не должно быть видно, если модель принимает это отдельно.",
  "The same seed gives the same clip again, with models that take one.":
    "То же зерно снова даёт тот же клип, если модель его принимает.",
  "With a sound track; only some models make one.": "Со звуковой дорожкой; её делают лишь некоторые модели.",
  "How many times wider and higher; by default 2 when nothing else is asked for. A size in pixels takes its place.":
    "Во сколько раз шире и выше; по умолчанию 2, если больше ничего не просили. Размер в пикселях его заменяет.",
  "Height in pixels; with a width, too, the clip fits inside both.":
    "Высота в пикселях; если дана и ширина, клип вписывается в обе.",
  "Pictures a second; new ones are made along the motion.":
    "Кадров в секунду; новые создаются вдоль движения.",
  "So many times as many pictures a second, instead of fps.":
    "Во столько раз больше кадров в секунду, вместо их числа.",
  "Slow motion: so many times slower; the pitch of the sound is kept.":
    "Замедление: во столько раз медленнее; высота звука сохраняется.",
  "Draw the clip, steadily from picture to picture; colour_transfer and texture take after a reference picture.":
    "Нарисовать клип, устойчиво от кадра к кадру; перенос цветов и фактура берутся с картинки-референса.",
  "Of the style; 0 is the original.": "Сила стиля; 0 — оригинал.",
  "Keep the sound.": "Сохранить звук.",
  "Only the first seconds (2s) or a span of them (10-12s), as the whole run would make them.":
    "Только первые секунды (2s) или отрезок (10-12s), такими, какими их сделала бы вся работа.",
  "The cut or style: bob, pixie cut, curly, or in your own words.":
    "Стрижка или укладка: каре, пикси, кудри или своими словами.",
  "The colour: copper, platinum blonde, or in your own words.":
    "Цвет: медный, платиновый блонд или своими словами.",
  "How long the hair is to be.": "Какой длины будут волосы.",
  "The beard; none is clean-shaven.": "Борода; «нет» — гладко выбрит.",
  "What else must not change, such as the fringe; face, clothes and background never do.":
    "Что ещё не должно меняться, например чёлка; лицо, одежда и фон не меняются никогда.",
  "Whose look it is; by default what the sentence was taken for.":
    "Чей это облик; по умолчанию как понята фраза.",
  "Whether the place may change with the look.": "Может ли место измениться вместе с обликом.",
  "What else must not change; face and figure never do.":
    "Что ещё не должно меняться; лицо и фигура не меняются никогда.",
  "What it is: upper or lower body, a dress, or other (shoes, hat, bag, jewellery).":
    "Что это: верх или низ, платье или другое (обувь, шляпа, сумка, украшения).",
  "How it is to sit.": "Как вещь должна сидеть.",
  "Whether a top is tucked in.": "Заправлен ли верх.",
  "How sleeves are worn.": "Как носят рукава.",
  "Keep the picture of the person after the work; without, it is removed.":
    "Сохранить картинку человека после работы; иначе она удаляется.",
  "Show the picture to the vision model of the settings as well; it leaves this machine then.":
    "Показать картинку и зрительной модели из настроек; тогда она покидает эту машину.",
  "Such as wedding_guest, office, date; empty: any.": "Например wedding_guest, office, date; пусто — любой.",
  "When it is to be worn.": "Когда это будут носить.",
  "How warm it will be, in degrees Celsius.": "Сколько будет градусов Цельсия.",
  "It will be wet.": "Будет мокро.",
  "For a whole look, such as 200 EUR; what is owned costs nothing.":
    "На весь образ, например 200 EUR; то, что уже есть, ничего не стоит.",
  "How many looks.": "Сколько образов.",
  "Whose clothes; all when left out.": "Чья одежда; если не сказано — любая.",
  "Which styles are wanted.": "Какие стили нужны.",
  "Where the clothes come from.": "Откуда берётся одежда.",
  "Ids of items that every look must have.": "Номера вещей, которые должны быть в каждом образе.",
  "Another seed, other looks.": "Другое зерно — другие образы.",
  "What to choose from; left out, the wardrobe and the shops' offers are taken.":
    "Из чего выбирать; если не сказано — гардероб и предложения магазинов.",
  "What earlier answers taught; left out, it is looked up.":
    "Чему научили прежние ответы; если не сказано, это находится само.",
  "engrave burns the picture in lines of dots; cut and score follow outlines; auto takes what suits the picture and says why. text, box and testgrid need no picture.":
    "Гравировка выжигает картинку строками точек; резка и разметка идут по контурам; «автоматически» берёт то, что подходит картинке, и объясняет. Тексту, коробке и тестовой сетке картинка не нужна.",
  "Width in mm; 100 when neither side is given. The picture's proportions are kept.":
    "Ширина в мм; 100, если не задана ни одна сторона. Пропорции картинки сохраняются.",
  "Height in mm. With both sides given, the picture fits inside them.":
    "Высота в мм. Если заданы обе стороны, картинка вписывается в них.",
  "What is engraved: plywood-3mm, mdf-3mm, cork, leather, acrylic-cast, slate or card, or its name in English, Russian, French, Spanish or German.":
    "На чём гравируют: plywood-3mm, mdf-3mm, cork, leather, acrylic-cast, slate или card, либо название по-русски, английски, французски, испански или немецки.",
  "The laser: diode-5w, diode-10w, diode-20w or co2-40w.":
    "Лазер: diode-5w, diode-10w, diode-20w или co2-40w.",
  "How grey becomes dots: error diffusion for photographs (jarvis is calm, floyd-steinberg fine, atkinson light), bayer for a regular pattern, threshold for line art.":
    "Как серое становится точками: диффузия ошибки для фотографий (jarvis спокоен, floyd-steinberg тонок, atkinson светел), bayer для регулярного узора, порог для штриховых рисунков.",
  "Distance of the burnt lines in mm; by default the material's.":
    "Расстояние между выжженными линиями в мм; по умолчанию как у материала.",
  "Width of one burnt line in mm, measured on a test burn; by default the material's.":
    "Ширина одной выжженной линии в мм, измеренная на пробе; по умолчанию как у материала.",
  "Power in percent of the machine's; by default the material's starting point.":
    "Мощность в процентах от мощности станка; по умолчанию начальная для материала.",
  "Speed in mm/min; by default the material's starting point.":
    "Скорость в мм/мин; по умолчанию начальная для материала.",
  "How often the whole picture is burnt; by default once.":
    "Сколько раз выжигается вся картинка; по умолчанию один.",
  "Width of the machine's bed in mm.": "Ширина стола станка в мм.",
  "Height of the machine's bed in mm.": "Высота стола станка в мм.",
  "Burn the light parts instead of the dark ones. Materials that burn lighter than their surface are inverted without asking.":
    "Выжигать светлое вместо тёмного. Материалы, которые после обжига светлее поверхности, инвертируются сами.",
  "How much local contrast is raised; 0 keeps the tones.":
    "Насколько поднять местный контраст; 0 сохраняет тона.",
  "Width of the cut in mm, so that parts come out to size; by default the material's.":
    "Ширина реза в мм, чтобы детали вышли в размер; по умолчанию как у материала.",
  "The same in Y, for a beam that is not round; by default as in X.":
    "То же по Y, для некруглого луча; по умолчанию как по X.",
  "So many tabs hold each cut part in the sheet.":
    "Столько перемычек держат каждую вырезанную деталь в листе.",
  "Width of a tab in mm.": "Ширина перемычки в мм.",
  "Width in mm of bridges that hold the islands of a stencil; 0 for none.":
    "Ширина мостиков в мм, которые держат островки трафарета; 0 — без них.",
  "Length in mm of lead-in and lead-out, which keep the scar of piercing off the part; 0 for none.":
    "Длина захода и выхода в мм, которые уводят след прожига от детали; 0 — без них.",
  "Score one line along the middle of strokes, or their edges; by default what the picture's lines are.":
    "Разметить одну линию по середине штрихов или их края; по умолчанию — по тому, какие линии на картинке.",
  "Score so many tones instead of one outline.": "Разметить столько тонов вместо одного контура.",
  "How far outside of an engraved figure it is cut out, in mm.":
    "На сколько мм снаружи вырезать выгравированную фигуру.",
  "The controller's kind of G-code, for cuts and scores.": "Вид G-code контроллера, для резки и разметки.",
  "What an hour of the machine costs, in dollars, for the estimate of cuts and scores.":
    "Сколько стоит час станка в долларах, для оценки резки и разметки.",
  "What process text burns; lines are kept.": "Что выжигает способ «текст»; строки сохраняются.",
  "single-line letters are strokes, as with a pen; outline engraves the areas of the letters of a font of this system, and cut cuts them out. By default outline, or strokes where there is no font.":
    "Однолинейные буквы — это штрихи, как пером; outline гравирует площади букв шрифта этой системы, cut их вырезает. По умолчанию outline, а без шрифта — штрихи.",
  "Height of capital letters in mm; by default from the width, or else 10.":
    "Высота заглавных букв в мм; по умолчанию от ширины, иначе 10.",
  "Which box; `bottega laser box list` describes them.":
    "Какая коробка; их описывает `bottega laser box list`.",
  "Width of the box inside, in mm.": "Ширина коробки внутри, в мм.",
  "Depth of the box inside, in mm.": "Глубина коробки внутри, в мм.",
  "Height of the box inside, in mm.": "Высота коробки внутри, в мм.",
  "The box's sizes are those of its outside.": "Размеры коробки — наружные.",
  "Thickness of the box's material in mm, as measured; by default as the material is called.":
    "Толщина материала коробки в мм, как измерено; по умолчанию как в названии материала.",
  "Width of the box's fingers in mm.": "Ширина зубцов коробки в мм.",
  "How much wider the box's slots are than its teeth, in mm.": "Насколько пазы коробки шире зубцов, в мм.",
  "Compartments of the box side by side.": "Отделений коробки рядом.",
  "Compartments of the box behind each other.": "Отделений коробки друг за другом.",
  "Drawers or shelves of the box.": "Ящиков или полок коробки.",
  "Score the names of the box's parts.": "Разметить названия деталей коробки.",
  "Width of the sheets that a box is cut from, in mm; by default what the bed takes.":
    "Ширина листов, из которых вырезается коробка, в мм; по умолчанию сколько вмещает стол.",
  "Height of these sheets in mm; by default what the bed takes.":
    "Высота этих листов в мм; по умолчанию сколько вмещает стол.",
  "What a test grid tries.": "Что проверяет тестовая сетка.",
  "Powers in percent that a test grid tries; by default around the starting point.":
    "Мощности в процентах, которые проверяет сетка; по умолчанию вокруг начальной.",
  "Speeds in mm/min that a test grid tries; by default around the starting point.":
    "Скорости в мм/мин, которые проверяет сетка; по умолчанию вокруг начальной.",
  "Line intervals in mm that a test grid tries; by default around the starting point.":
    "Шаги линий в мм, которые проверяет сетка; по умолчанию вокруг начального.",
  "Files wanted: G-code and SVG, for lines DXF and LightBurn too, for boxes PDF as well, when nothing is named.":
    "Нужные файлы: G-code и SVG, для линий ещё DXF и LightBurn, для коробок ещё PDF, если ничего не названо.",
  "Diode laser, 5 W optical": "Диодный лазер, 5 Вт оптических",
  "Diode laser, 10 W optical": "Диодный лазер, 10 Вт оптических",
  "Diode laser, 20 W optical": "Диодный лазер, 20 Вт оптических",
  "CO2 laser, 40 W, with a GRBL board": "CO2-лазер, 40 Вт, с платой GRBL",
  "CO2 laser, 60 W, with a GRBL board": "CO2-лазер, 60 Вт, с платой GRBL",
  "CO2 laser, 80 W, with a GRBL board": "CO2-лазер, 80 Вт, с платой GRBL",
  "Extruded acrylic": "Экструдированный акрил",
  "Extruded acrylic melts rather than frosts; it cuts well.":
    "Экструдированный акрил плавится, а не матовеет; режется хорошо.",
  "Diode beams pass through clear and blue acrylic: it needs a CO2 laser.":
    "Луч диода проходит сквозь прозрачный и синий акрил: нужен CO2-лазер.",
  "MDF, 6 mm": "МДФ, 6 мм",
  "Plywood, 6 mm": "Фанера, 6 мм",
  "Plywood, 4 mm": "Фанера, 4 мм",
  "Plywood, 3 mm": "Фанера, 3 мм",
  "MDF, 3 mm": "МДФ, 3 мм",
  Cork: "Пробка",
  "Vegetable-tanned leather": "Кожа растительного дубления",
  "Only vegetable-tanned leather: chrome-tanned leather gives off toxic chromium compounds.":
    "Только кожа растительного дубления: кожа хромового дубления выделяет ядовитые соединения хрома.",
  "Cast acrylic": "Литой акрил",
  "Cast acrylic engraves white; extruded acrylic only melts. The preview shows it on a dark ground.":
    "Литой акрил гравируется белым; экструдированный только плавится. Предпросмотр показывает его на тёмном.",
  Slate: "Сланец",
  "Uncoated card": "Немелованный картон",
  "Card catches fire easily: keep it watched, with air assist.":
    "Картон легко загорается: следите за ним и включите обдув.",
  Glass: "Стекло",
  "Tempered glass may shatter; a damp paper over the glass evens the frost.":
    "Закалённое стекло может лопнуть; влажная бумага на стекле выравнивает матовость.",
  "Glass lets a diode beam through: it needs a CO2 laser, or a black coating that is burnt off.":
    "Стекло пропускает луч диода: нужен CO2-лазер или чёрное покрытие, которое выжигается.",
  "Anodised aluminium": "Анодированный алюминий",
  "Only the dye of the anodised layer is bleached; bare metal reflects the beam and cannot be engraved.":
    "Выцветает только краска анодного слоя; голый металл отражает луч, и гравировать его нельзя.",
  Paper: "Бумага",
  "Paper catches fire easily: keep it watched, with air assist.":
    "Бумага легко загорается: следите за ней и включите обдув.",
  "Wool felt": "Шерстяной войлок",
  "Only wool felt: synthetic felt melts and may hold PVC.":
    "Только шерстяной войлок: синтетический плавится и может содержать ПВХ.",
  Bamboo: "Бамбук",
  Stone: "Камень",
  "Laser rubber": "Лазерная резина",
  "Only rubber sold for lasers: others hold chlorine. Stamps want several passes and good extraction.":
    "Только резина, которую продают для лазера: в другой есть хлор. Штампам нужно несколько проходов и хорошая вытяжка.",
};

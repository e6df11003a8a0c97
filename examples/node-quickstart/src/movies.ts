import { CreditRole } from "@cinedeepmatch/sdk-node";

const directed = (displayName: string) => ({ displayName, role: CreditRole.DIRECTOR });
const played = (displayName: string, character: string) => ({ displayName, character, role: CreditRole.ACTOR });

/** Eight movies, as they would come one a line from an NDJSON file. */
export const movies = [
  {
    id: "finding-nemo-2003",
    title: "Finding Nemo",
    releaseYear: 2003,
    genres: ["Animation", "Family", "Adventure"],
    synopsis:
      "When his only son is taken from the reef by a diver, a timid clownfish crosses the ocean to find him, helped by a cheerful blue tang who forgets everything.",
    credits: [directed("Andrew Stanton"), played("Albert Brooks", "Marlin"), played("Ellen DeGeneres", "Dory")],
  },
  {
    id: "toy-story-1995",
    title: "Toy Story",
    releaseYear: 1995,
    genres: ["Animation", "Family", "Comedy"],
    synopsis:
      "A cowboy doll fears that a new space ranger figure will take his place as a boy's favourite toy, until both are lost and have to find the way home together.",
    credits: [directed("John Lasseter"), played("Tom Hanks", "Woody"), played("Tim Allen", "Buzz Lightyear")],
  },
  {
    id: "jaws-1975",
    title: "Jaws",
    releaseYear: 1975,
    genres: ["Thriller", "Adventure"],
    synopsis:
      "A police chief, a marine biologist and a shark hunter set out in a small boat after the great white shark that kills bathers off a holiday island.",
    credits: [directed("Steven Spielberg"), played("Roy Scheider", "Brody")],
  },
  {
    id: "alien-1979",
    title: "Alien",
    releaseYear: 1979,
    genres: ["Horror", "Science Fiction"],
    synopsis:
      "The crew of a cargo spaceship answers a distress call and brings on board a deadly creature that hunts them one by one through the corridors.",
    credits: [directed("Ridley Scott"), played("Sigourney Weaver", "Ripley")],
  },
  {
    id: "blade-runner-1982",
    title: "Blade Runner",
    releaseYear: 1982,
    genres: ["Science Fiction", "Thriller"],
    synopsis:
      "In a rain-soaked Los Angeles of the future a weary detective has to find four artificial people who came back to Earth to ask their maker for more life.",
    credits: [directed("Ridley Scott"), played("Harrison Ford", "Deckard")],
  },
  {
    id: "inception-2010",
    title: "Inception",
    releaseYear: 2010,
    genres: ["Science Fiction", "Action"],
    synopsis:
      "A thief who steals secrets from the dreams of others is offered his old life back for the opposite: to plant an idea in the mind of an heir.",
    credits: [directed("Christopher Nolan"), played("Leonardo DiCaprio", "Cobb")],
  },
  {
    id: "amelie-2001",
    title: "Amélie",
    originalTitle: "Le Fabuleux Destin d'Amélie Poulain",
    releaseYear: 2001,
    genres: ["Romance", "Comedy"],
    languages: ["fr"],
    synopsis:
      "A shy waitress in Montmartre secretly changes the lives of the people around her for the better and does not dare to do the same for her own.",
    credits: [directed("Jean-Pierre Jeunet"), played("Audrey Tautou", "Amélie")],
  },
  {
    id: "spirited-away-2001",
    title: "Spirited Away",
    originalTitle: "千と千尋の神隠し",
    releaseYear: 2001,
    genres: ["Animation", "Fantasy", "Family"],
    languages: ["ja"],
    synopsis:
      "A girl strays into a bathhouse for spirits, where she has to work for a witch until she can break the spell that turned her parents into pigs.",
    credits: [directed("Hayao Miyazaki"), played("Rumi Hiiragi", "Chihiro")],
  },
];
